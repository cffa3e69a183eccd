// Assembles the demo page.

import { byId, copyFrom } from './dom.js';
import { FlashSale } from './flash-sale.js';
import { Sale } from './sale.js';
import { showArrivals } from './views/arrivals-panel.js';
import { showBanner } from './views/banner.js';
import { showConnectionStatus } from './views/connection-status.js';
import { showFlashSale } from './views/flash-sale-panel.js';
import { showKeyDialog } from './views/key-dialog.js';
import { showLastRequest } from './views/last-request.js';
import { showLedger } from './views/ledger-table.js';
import { showRequestLog } from './views/request-log.js';
import { showShoppers } from './views/shopper-card.js';
import { showStock } from './views/stock-panel.js';
import { showWalkthrough } from './views/walkthrough-panel.js';
import { Walkthrough } from './walkthrough.js';

const sale = new Sale();
const walkthrough = new Walkthrough(sale);
const flashSale = new FlashSale(sale);

showKeyDialog('This page creates stock, so it needs an admin key.');
showBanner(sale);
showRequestLog();
showLastRequest();
showWalkthrough(walkthrough, sale);
showFlashSale(sale, flashSale, walkthrough);
showStock(sale, walkthrough);
showArrivals(sale);
showShoppers(sale, walkthrough);
showLedger(sale);
sale.addEventListener('change', showConnectionStatus(() => (sale.isOpen ? (sale.isStreaming ? 'live' : 'polling') : 'idle')));

byId('copy-psql').addEventListener('click', ({ currentTarget }) => copyFrom(currentTarget, byId('psql').textContent));
