-- Rows as Fairhold had them before migration 5: of each table, each status, each kind and each tier, with API
-- keys of each scope, of which one is revoked, and entries that name their actor, beside some that do not.
-- What a real service wrote, dumped by pg_dump --data-only --column-inserts --load-via-partition-root.

SELECT provide_history('2026-11-22 18:16:21.909654+00');

INSERT INTO api_keys (api_key_id, name, scope, secret_sha256, created_at, revoked_at) VALUES
	('01a20479-34c1-7772-89bb-362b165c6253', 'warehouse', 'admin', '\xa6e0875957ff58ea381eeca07806f611d8d504177c1a395c30ead268a10d2774', '2026-11-22 18:16:21.954528+00', NULL),
	('01a20479-34e5-777e-872e-c0a9578a3deb', 'shop-window', 'storefront', '\x14d36de32882f4055f2a22c9172a19ad5a7a4a7725b79afbe873f039df3d9bfc', '2026-11-22 18:16:21.989776+00', NULL),
	('01a20479-3518-728f-b442-131170caba01', 'auditor', 'read', '\x0361e0717591ace2fde01ebec1f12d5ee079e794630d161144677e9a55271e6c', '2026-11-22 18:16:22.041914+00', NULL),
	('01a20479-34f7-7344-93f7-0d7a27346e71', 'old-till', 'storefront', '\x988fbb4d4b9c3b940d90579e15d0de0dc3be381eda3b32f997d5c293051e1e16', '2026-11-22 18:16:22.008747+00', '2026-11-22 18:16:23.839917+00');
INSERT INTO idempotency_keys (sku, endpoint, idempotency_key, request, outcome, reservation_id, created_at) VALUES
	('HOT', 'reserve', 'key-anna', '{"user_id": "anna", "quantity": 1}', '{"place": null, "answer": "reserve", "standing": "held", "reservation": {"sku": "HOT", "hold": {"expires_at": "2026-11-23T18:16:31.852951Z", "ttl_seconds": 86400}, "status": "RESERVED", "user_id": "anna", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": null, "created_at": "2026-11-22T18:16:31.852951Z", "updated_at": "2026-11-22T18:16:31.852951Z", "reservation_id": "01a20479-5b6b-7239-8cdc-1bd970a9da7c"}}', '01a20479-5b6b-7239-8cdc-1bd970a9da7c', '2026-11-22 18:16:31.852951+00'),
	('HOT', 'reserve', 'key-emil', '{"user_id": "emil", "quantity": 1}', '{"place": {"position": 1, "sequence": 1}, "answer": "reserve", "standing": "waitlisted", "reservation": {"sku": "HOT", "hold": null, "status": "WAITLISTED", "user_id": "emil", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": 1, "created_at": "2026-11-22T18:16:31.923794Z", "updated_at": "2026-11-22T18:16:31.923794Z", "reservation_id": "01a20479-5bab-71f1-bac8-9d3aacfeb646"}}', '01a20479-5bab-71f1-bac8-9d3aacfeb646', '2026-11-22 18:16:31.923794+00'),
	('HOT', 'reserve', 'key-emil-again', '{"user_id": "emil", "quantity": 1}', '{"place": {"position": 1, "sequence": 1}, "answer": "reserve", "standing": "existing", "reservation": {"sku": "HOT", "hold": null, "status": "WAITLISTED", "user_id": "emil", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": 1, "created_at": "2026-11-22T18:16:31.923794Z", "updated_at": "2026-11-22T18:16:31.923794Z", "reservation_id": "01a20479-5bab-71f1-bac8-9d3aacfeb646"}}', '01a20479-5bab-71f1-bac8-9d3aacfeb646', '2026-11-22 18:16:31.945373+00'),
	('HOT', 'restock', 'key-more', '{"reason": "found behind the shelf", "quantity": 2}', '{"answer": "restock", "promoted": 0, "inventory": {"sku": "HOT", "version": 11, "created_at": "2026-11-22T18:16:31.849615Z", "updated_at": "2026-11-22T18:16:31.969264Z", "last_sequence": 2, "sold_quantity": 1, "waitlist_size": 0, "total_quantity": 5, "waitlist_limit": null, "hold_ttl_seconds": 86400, "reserved_quantity": 2, "waitlist_quantity": 0, "available_quantity": 2}}', NULL, '2026-11-22 18:16:31.969264+00');
INSERT INTO ledger (sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta, sold_delta, total_delta, recorded_at, reason, actor) VALUES
	('OLD', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-11-22 18:16:21.89179+00', NULL, NULL),
	('OLD', 2, 'RESERVED', '01a20479-3487-76e7-8ab1-7862041b00f7', 1, -1, 1, 0, 0, '2026-11-22 18:16:21.909654+00', NULL, NULL),
	('OLD', 3, 'RESERVED', '01a20479-349f-73f2-8201-968c1962ceb6', 1, -1, 1, 0, 0, '2026-11-22 18:16:21.919885+00', NULL, NULL),
	('OLD', 4, 'RESERVED', '01a20479-34a5-7095-aa0d-470d1b75faac', 1, -1, 1, 0, 0, '2026-11-22 18:16:21.927035+00', NULL, NULL),
	('OLD', 5, 'CONFIRMED', '01a20479-3487-76e7-8ab1-7862041b00f7', 1, 0, -1, 1, 0, '2026-11-22 18:16:21.931963+00', NULL, NULL),
	('OLD', 6, 'CANCELLED', '01a20479-349f-73f2-8201-968c1962ceb6', 1, 1, -1, 0, 0, '2026-11-22 18:16:21.936998+00', NULL, NULL),
	('WARM', 1, 'INITIALIZED', NULL, 6, 6, 0, 0, 6, '2026-11-22 18:16:23.552882+00', NULL, 'key:warehouse'),
	('WARM', 2, 'RESERVED', '01a20479-3b07-73f9-bdb8-0982869a4044', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.565049+00', NULL, 'key:old-till'),
	('WARM', 3, 'CANCELLED', '01a20479-3b07-73f9-bdb8-0982869a4044', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.573892+00', NULL, 'key:old-till'),
	('WARM', 4, 'RESERVED', '01a20479-3b1c-7092-8f4b-6edb620c1866', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.581161+00', NULL, 'key:old-till'),
	('WARM', 5, 'CANCELLED', '01a20479-3b1c-7092-8f4b-6edb620c1866', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.58843+00', NULL, 'key:old-till'),
	('WARM', 6, 'RESERVED', '01a20479-3b29-75b8-acd8-2ceeee9d9d5c', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.593995+00', NULL, 'key:old-till'),
	('WARM', 7, 'CANCELLED', '01a20479-3b29-75b8-acd8-2ceeee9d9d5c', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.599773+00', NULL, 'key:old-till'),
	('WARM', 8, 'RESERVED', '01a20479-3b3a-7759-8cc8-042a4520f3e6', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.610589+00', NULL, 'key:old-till'),
	('WARM', 9, 'CANCELLED', '01a20479-3b3a-7759-8cc8-042a4520f3e6', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.616877+00', NULL, 'key:old-till'),
	('WARM', 10, 'RESERVED', '01a20479-3b47-7689-8227-a4216f56822d', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.624631+00', NULL, 'key:old-till'),
	('WARM', 11, 'CANCELLED', '01a20479-3b47-7689-8227-a4216f56822d', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.629311+00', NULL, 'key:old-till'),
	('WARM', 12, 'RESERVED', '01a20479-3b5a-75b3-a60b-e6477aefe52f', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.642971+00', NULL, 'key:old-till'),
	('WARM', 13, 'CANCELLED', '01a20479-3b5a-75b3-a60b-e6477aefe52f', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.648711+00', NULL, 'key:old-till'),
	('WARM', 14, 'RESERVED', '01a20479-3b65-709c-93c1-920c75cb1316', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.6544+00', NULL, 'key:old-till'),
	('WARM', 15, 'CANCELLED', '01a20479-3b65-709c-93c1-920c75cb1316', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.66437+00', NULL, 'key:old-till'),
	('WARM', 16, 'RESERVED', '01a20479-3b77-77cb-bc8f-4eb0792e3bef', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.67218+00', NULL, 'key:old-till'),
	('WARM', 17, 'CANCELLED', '01a20479-3b77-77cb-bc8f-4eb0792e3bef', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.676017+00', NULL, 'key:old-till'),
	('WARM', 18, 'RESERVED', '01a20479-3b7f-732c-be6d-7c4a7649df91', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.68033+00', NULL, 'key:old-till'),
	('WARM', 19, 'CANCELLED', '01a20479-3b7f-732c-be6d-7c4a7649df91', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.684441+00', NULL, 'key:old-till'),
	('WARM', 20, 'RESERVED', '01a20479-3b8e-75a2-8020-2a33fd1b05bc', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.697041+00', NULL, 'key:old-till'),
	('WARM', 21, 'CANCELLED', '01a20479-3b8e-75a2-8020-2a33fd1b05bc', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.708756+00', NULL, 'key:old-till'),
	('WARM', 22, 'RESERVED', '01a20479-3baa-76dd-ad41-41c661e32760', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.723845+00', NULL, 'key:shop-window'),
	('WARM', 23, 'RESERVED', '01a20479-3bb3-77c4-a406-b32981d81206', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.732284+00', NULL, 'key:shop-window'),
	('WARM', 24, 'CANCELLED', '01a20479-3bb3-77c4-a406-b32981d81206', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.736661+00', NULL, 'key:shop-window'),
	('WARM', 25, 'RESERVED', '01a20479-3bbe-72ac-a89b-bd453d3d08c2', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.74304+00', NULL, 'key:shop-window'),
	('WARM', 26, 'CANCELLED', '01a20479-3bbe-72ac-a89b-bd453d3d08c2', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.760311+00', NULL, 'key:shop-window'),
	('WARM', 27, 'RESERVED', '01a20479-3bde-74a0-b21b-58f73b7c32be', 1, -1, 1, 0, 0, '2026-11-22 18:16:23.77494+00', NULL, 'key:shop-window'),
	('WARM', 28, 'CANCELLED', '01a20479-3bde-74a0-b21b-58f73b7c32be', 1, 1, -1, 0, 0, '2026-11-22 18:16:23.778648+00', NULL, 'key:shop-window'),
	('WARM', 29, 'EXPIRED', '01a20479-3baa-76dd-ad41-41c661e32760', 1, 1, -1, 0, 0, '2026-11-22 18:16:24.8951+00', NULL, 'expiry'),
	('OLD', 7, 'EXPIRED', '01a20479-34a5-7095-aa0d-470d1b75faac', 1, 1, -1, 0, 0, '2026-11-22 18:16:26.964835+00', NULL, 'expiry'),
	('HOT', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-11-22 18:16:31.849615+00', NULL, 'key:warehouse'),
	('HOT', 2, 'RESERVED', '01a20479-5b6b-7239-8cdc-1bd970a9da7c', 1, -1, 1, 0, 0, '2026-11-22 18:16:31.852951+00', NULL, 'key:shop-window'),
	('HOT', 3, 'CONFIRMED', '01a20479-5b6b-7239-8cdc-1bd970a9da7c', 1, 0, -1, 1, 0, '2026-11-22 18:16:31.869141+00', NULL, 'key:shop-window'),
	('HOT', 4, 'RESERVED', '01a20479-5b8c-730c-9ce2-69e0a2627aec', 1, -1, 1, 0, 0, '2026-11-22 18:16:31.884638+00', NULL, 'key:shop-window'),
	('HOT', 5, 'RESERVED', '01a20479-5b9f-714c-b638-187ac6391b22', 1, -1, 1, 0, 0, '2026-11-22 18:16:31.904249+00', NULL, 'key:shop-window'),
	('HOT', 6, 'WAITLISTED', '01a20479-5bab-71f1-bac8-9d3aacfeb646', 1, 0, 0, 0, 0, '2026-11-22 18:16:31.923794+00', NULL, 'key:shop-window'),
	('HOT', 7, 'WAITLISTED', '01a20479-5bbd-7293-bb2f-96753e1ff964', 1, 0, 0, 0, 0, '2026-11-22 18:16:31.936125+00', NULL, 'key:shop-window'),
	('HOT', 8, 'CANCELLED', '01a20479-5bbd-7293-bb2f-96753e1ff964', 1, 0, 0, 0, 0, '2026-11-22 18:16:31.95001+00', NULL, 'key:shop-window'),
	('HOT', 9, 'CANCELLED', '01a20479-5b9f-714c-b638-187ac6391b22', 1, 1, -1, 0, 0, '2026-11-22 18:16:31.957716+00', NULL, 'key:shop-window'),
	('HOT', 10, 'PROMOTED', '01a20479-5bab-71f1-bac8-9d3aacfeb646', 1, -1, 1, 0, 0, '2026-11-22 18:16:31.957716+00', NULL, 'key:shop-window'),
	('HOT', 11, 'RESTOCKED', NULL, 2, 2, 0, 0, 2, '2026-11-22 18:16:31.969264+00', 'found behind the shelf', 'key:warehouse'),
	('HOT', 12, 'RESERVED', '01a20479-5be4-7169-b910-2e8694174f78', 2, -2, 2, 0, 0, '2026-11-22 18:16:31.974502+00', NULL, 'key:shop-window'),
	('HOT', 13, 'WAITLISTED', '01a20479-5be9-7429-a8cc-9109fd96cd7f', 3, 0, 0, 0, 0, '2026-11-22 18:16:31.977418+00', NULL, 'key:shop-window'),
	('HOT', 14, 'WAITLISTED', '01a20479-5bec-7422-b7e1-845306baf397', 1, 0, 0, 0, 0, '2026-11-22 18:16:31.98064+00', NULL, 'key:shop-window'),
	('HOT', 15, 'RESTOCKED', NULL, 1, 1, 0, 0, 1, '2026-11-22 18:16:31.983796+00', NULL, 'key:warehouse');
INSERT INTO reservations (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('WARM', '01a20479-3b07-73f9-bdb8-0982869a4044', 'dora', 1, 'CANCELLED', NULL, 5, '2026-11-22 18:16:23.565049+00', '2026-11-22 18:16:23.573892+00', '2026-11-22 18:16:28.565049+00', 1, 'full', 'no abandoned holds'),
	('WARM', '01a20479-3b1c-7092-8f4b-6edb620c1866', 'dora', 1, 'CANCELLED', NULL, 5, '2026-11-22 18:16:23.581161+00', '2026-11-22 18:16:23.58843+00', '2026-11-22 18:16:28.581161+00', 0.8571428581629589, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20479-3b29-75b8-acd8-2ceeee9d9d5c', 'dora', 1, 'CANCELLED', NULL, 5, '2026-11-22 18:16:23.593995+00', '2026-11-22 18:16:23.599773+00', '2026-11-22 18:16:28.593995+00', 0.7500000027578902, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20479-3b3a-7759-8cc8-042a4520f3e6', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.610589+00', '2026-11-22 18:16:23.616877+00', '2026-11-22 18:16:26.610589+00', 0.6666666725814411, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3b47-7689-8227-a4216f56822d', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.624631+00', '2026-11-22 18:16:23.629311+00', '2026-11-22 18:16:26.624631+00', 0.6000000082209456, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3b5a-75b3-a60b-e6477aefe52f', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.642971+00', '2026-11-22 18:16:23.648711+00', '2026-11-22 18:16:26.642971+00', 0.5454545571940835, 'reduced', 'abandoned holds weigh 2.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3b65-709c-93c1-920c75cb1316', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.6544+00', '2026-11-22 18:16:23.66437+00', '2026-11-22 18:16:26.6544+00', 0.5000000128649973, 'reduced', 'abandoned holds weigh 3.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3b77-77cb-bc8f-4eb0792e3bef', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.67218+00', '2026-11-22 18:16:23.676017+00', '2026-11-22 18:16:26.67218+00', 0.4615384771588492, 'reduced', 'abandoned holds weigh 3.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3b7f-732c-be6d-7c4a7649df91', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.68033+00', '2026-11-22 18:16:23.684441+00', '2026-11-22 18:16:26.68033+00', 0.4285714441928864, 'reduced', 'abandoned holds weigh 4.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3b8e-75a2-8020-2a33fd1b05bc', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.697041+00', '2026-11-22 18:16:23.708756+00', '2026-11-22 18:16:26.697041+00', 0.40000001807888597, 'reduced', 'abandoned holds weigh 4.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3bb3-77c4-a406-b32981d81206', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 18:16:23.732284+00', '2026-11-22 18:16:23.736661+00', '2026-11-22 18:16:28.732284+00', 0.8571431090857862, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20479-3bbe-72ac-a89b-bd453d3d08c2', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 18:16:23.74304+00', '2026-11-22 18:16:23.760311+00', '2026-11-22 18:16:28.74304+00', 0.7500001947348611, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20479-3bde-74a0-b21b-58f73b7c32be', 'bert', 1, 'CANCELLED', NULL, 3, '2026-11-22 18:16:23.77494+00', '2026-11-22 18:16:23.778648+00', '2026-11-22 18:16:26.77494+00', 0.6666668271894375, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20479-3baa-76dd-ad41-41c661e32760', 'dora', 1, 'EXPIRED', NULL, 1, '2026-11-22 18:16:23.723845+00', '2026-11-22 18:16:24.8951+00', '2026-11-22 18:16:24.723845+00', 0.37500002277483596, 'minimal', 'abandoned holds weigh 5.0, confirmed ones 0.0: 20 % of the hold time'),
	('HOT', '01a20479-5b6b-7239-8cdc-1bd970a9da7c', 'anna', 1, 'CONFIRMED', NULL, 86400, '2026-11-22 18:16:31.852951+00', '2026-11-22 18:16:31.869141+00', '2026-11-23 18:16:31.852951+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a20479-5b8c-730c-9ce2-69e0a2627aec', 'bert', 1, 'RESERVED', NULL, 51840, '2026-11-22 18:16:31.884638+00', '2026-11-22 18:16:31.884638+00', '2026-11-23 08:40:31.884638+00', 0.6000023604067444, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('HOT', '01a20479-5bbd-7293-bb2f-96753e1ff964', 'fred', 1, 'CANCELLED', 2, NULL, '2026-11-22 18:16:31.936125+00', '2026-11-22 18:16:31.95001+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a20479-5b9f-714c-b638-187ac6391b22', 'cleo', 1, 'CANCELLED', NULL, 86400, '2026-11-22 18:16:31.904249+00', '2026-11-22 18:16:31.957716+00', '2026-11-23 18:16:31.904249+00', 0.7500010614261043, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('HOT', '01a20479-5bab-71f1-bac8-9d3aacfeb646', 'emil', 1, 'RESERVED', 1, 172800, '2026-11-22 18:16:31.923794+00', '2026-11-22 18:16:31.957716+00', '2026-11-24 18:16:31.957716+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a20479-5be4-7169-b910-2e8694174f78', 'gita', 2, 'RESERVED', NULL, 86400, '2026-11-22 18:16:31.974502+00', '2026-11-22 18:16:31.974502+00', '2026-11-23 18:16:31.974502+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a20479-5be9-7429-a8cc-9109fd96cd7f', 'hugo', 3, 'WAITLISTED', 3, NULL, '2026-11-22 18:16:31.977418+00', '2026-11-22 18:16:31.977418+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a20479-5bec-7422-b7e1-845306baf397', 'ines', 1, 'WAITLISTED', 4, NULL, '2026-11-22 18:16:31.98064+00', '2026-11-22 18:16:31.98064+00', NULL, 1, 'full', 'no abandoned holds');
INSERT INTO reservations_history (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('OLD', '01a20479-3487-76e7-8ab1-7862041b00f7', 'anna', 1, 'CONFIRMED', NULL, 5, '2026-11-22 18:16:21.909654+00', '2026-11-22 18:16:21.931963+00', '2026-11-22 18:16:26.909654+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a20479-349f-73f2-8201-968c1962ceb6', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 18:16:21.919885+00', '2026-11-22 18:16:21.936998+00', '2026-11-22 18:16:26.919885+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a20479-34a5-7095-aa0d-470d1b75faac', 'cleo', 1, 'EXPIRED', NULL, 5, '2026-11-22 18:16:21.927035+00', '2026-11-22 18:16:26.964835+00', '2026-11-22 18:16:26.927035+00', 1, 'full', 'no abandoned holds');
INSERT INTO skus (sku, initial_quantity, initial_hold_ttl_seconds, total_quantity, available_quantity, reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit, last_sequence, hold_ttl_seconds, version, created_at, updated_at) VALUES
	('WARM', 6, 5, 6, 6, 0, 0, 0, 0, NULL, 0, 5, 29, '2026-11-22 18:16:23.552882+00', '2026-11-22 18:16:24.8951+00'),
	('OLD', 3, 5, 3, 2, 0, 1, 0, 0, 1, 0, 5, 7, '2026-11-22 18:16:21.89179+00', '2026-11-22 18:16:26.964835+00'),
	('HOT', 3, 86400, 6, 1, 4, 1, 2, 4, NULL, 4, 86400, 15, '2026-11-22 18:16:31.849615+00', '2026-11-22 18:16:31.983796+00');
INSERT INTO user_behavior (sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight, abandoned_weight, weighted_at) VALUES
	('OLD', 'anna', 1, 0, 0, 1, 0, '2026-11-22 18:16:21.931963+00'),
	('OLD', 'bert', 0, 1, 0, 0, 0.5, '2026-11-22 18:16:21.936998+00'),
	('WARM', 'bert', 0, 3, 0, 0, 1.4999999654320357, '2026-11-22 18:16:23.778648+00'),
	('WARM', 'dora', 0, 10, 1, 0, 5.999992802401767, '2026-11-22 18:16:24.8951+00'),
	('OLD', 'cleo', 0, 0, 1, 0, 1, '2026-11-22 18:16:26.964835+00'),
	('HOT', 'anna', 1, 0, 0, 1, 0, '2026-11-22 18:16:31.869141+00'),
	('HOT', 'cleo', 0, 1, 0, 0, 0.5, '2026-11-22 18:16:31.957716+00');
INSERT INTO waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at) VALUES
	('HOT', 3, '01a20479-5be9-7429-a8cc-9109fd96cd7f', 'hugo', 3, '2026-11-22 18:16:31.977418+00'),
	('HOT', 4, '01a20479-5bec-7422-b7e1-845306baf397', 'ines', 1, '2026-11-22 18:16:31.98064+00');
INSERT INTO waitlist_parts (sku, span, part, waiting) VALUES
	('HOT', 64, 0, 2),
	('HOT', 4096, 0, 2);
