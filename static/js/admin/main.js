// Puts the dashboard together.

import { showConnection } from '../views/connection.js';
import { showKey } from '../views/key.js';
import { showMode } from '../views/mode.js';
import { Catalog } from './catalog.js';
import { showDetail } from './detail.js';
import { showCancel, showCreate, showRestock } from './dialogs.js';
import { showList } from './list.js';
import { Route } from './route.js';
import { showUser } from './user.js';

const catalog = new Catalog();
const route = new Route();

showKey('With the scope read you see everything here; to change stock or cancel a hold, use one of the scope admin.');
showConnection(catalog);
showList(catalog, route);
showDetail(catalog, route);
showCreate(catalog, route);
showRestock(catalog, route);
showCancel(catalog);
showUser();
catalog.addEventListener('change', showMode(() => catalog.mode));
catalog.start();
