// Assembles the dashboard.

import { showBanner } from '../views/banner.js';
import { showConnectionStatus } from '../views/connection-status.js';
import { showKeyDialog } from '../views/key-dialog.js';
import { Catalog } from './catalog.js';
import { showCancelDialog, showCreateDialog, showRestockDialog } from './dialogs.js';
import { Route } from './route.js';
import { showSkuDetail } from './sku-detail.js';
import { showSkuTable } from './sku-table.js';
import { showUserDialog } from './user-dialog.js';

const catalog = new Catalog();
const route = new Route();

showKeyDialog('A read key can view everything; changes need an admin key.');
showBanner(catalog);
showSkuTable(catalog, route);
showSkuDetail(catalog, route);
showCreateDialog(route);
showRestockDialog(catalog, route);
showCancelDialog(catalog);
showUserDialog();
catalog.addEventListener('change', showConnectionStatus(() => catalog.mode));
catalog.start();
