// Puts the page together.

import { byId, copyFrom } from './dom.js';
import { Sale } from './sale.js';
import { Story } from './story.js';
import { showCalls } from './views/calls.js';
import { showConnection } from './views/connection.js';
import { showLedger } from './views/ledger.js';
import { showShoppers } from './views/shopper.js';
import { showStock } from './views/stock.js';
import { showStory } from './views/story.js';

const sale = new Sale();
const story = new Story(sale);

showConnection(sale);
showCalls();
showStory(story, sale);
showStock(sale, story);
showShoppers(sale, story);
showLedger(sale);

byId('copy-psql').addEventListener('click', ({ currentTarget }) => copyFrom(currentTarget, byId('psql').textContent));
