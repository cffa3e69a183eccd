// Puts the page together.

import { Crowd } from './crowd.js';
import { byId, copyFrom } from './dom.js';
import { Sale } from './sale.js';
import { Story } from './story.js';
import { showCalls } from './views/calls.js';
import { showConnection } from './views/connection.js';
import { showFlash } from './views/flash.js';
import { showKey } from './views/key.js';
import { showLastCall } from './views/lastcall.js';
import { showLedger } from './views/ledger.js';
import { showLine } from './views/line.js';
import { showMode } from './views/mode.js';
import { showShoppers } from './views/shopper.js';
import { showStock } from './views/stock.js';
import { showStory } from './views/story.js';

const sale = new Sale();
const story = new Story(sale);
const crowd = new Crowd(sale);

showKey('This page puts stock on sale, so it needs a key of the scope admin.');
showConnection(sale);
showCalls();
showLastCall();
showStory(story, sale);
showFlash(sale, crowd, story);
showStock(sale, story);
showLine(sale);
showShoppers(sale, story);
showLedger(sale);
sale.addEventListener('change', showMode(() => (sale.isOpen ? (sale.live ? 'live' : 'polling') : 'idle')));

byId('copy-psql').addEventListener('click', ({ currentTarget }) => copyFrom(currentTarget, byId('psql').textContent));
