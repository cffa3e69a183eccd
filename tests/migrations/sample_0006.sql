-- Rows as Fairhold had them before migration 6: of each table, each status, each kind and each tier.
-- What a real service wrote, dumped by pg_dump --data-only --column-inserts --load-via-partition-root.

SELECT provide_history('2026-11-22 11:54:16+00');

INSERT INTO idempotency_keys (sku, endpoint, idempotency_key, request, outcome, reservation_id, created_at) VALUES
	('HOT', 'reserve', 'key-anna', '{"user_id": "anna", "quantity": 1}', '{"place": null, "answer": "reserve", "standing": "held", "reservation": {"sku": "HOT", "hold": {"expires_at": "2026-11-23T11:54:55.252144Z", "ttl_seconds": 86400}, "status": "RESERVED", "user_id": "anna", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": null, "created_at": "2026-11-22T11:54:55.252144Z", "updated_at": "2026-11-22T11:54:55.252144Z", "reservation_id": "01a2031b-fb93-713d-86df-54f81b1477cd"}}', '01a2031b-fb93-713d-86df-54f81b1477cd', '2026-11-22 11:54:55.252144+00'),
	('HOT', 'restock', 'key-more', '{"reason": "found behind the shelf", "quantity": 2}', '{"answer": "restock", "promoted": 0, "inventory": {"sku": "HOT", "version": 11, "created_at": "2026-11-22T11:54:55.227737Z", "updated_at": "2026-11-22T11:54:56.288472Z", "last_sequence": 2, "sold_quantity": 1, "waitlist_size": 0, "total_quantity": 5, "waitlist_limit": null, "hold_ttl_seconds": 86400, "reserved_quantity": 2, "waitlist_quantity": 0, "available_quantity": 2}}', NULL, '2026-11-22 11:54:56.288472+00');
INSERT INTO ledger (sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta, sold_delta, total_delta, recorded_at, reason) VALUES
	('OLD', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-11-22 11:54:16.12355+00', NULL),
	('OLD', 2, 'RESERVED', '01a2031b-62d6-7493-adf4-38aae9c0f2d0', 1, -1, 1, 0, 0, '2026-11-22 11:54:16.157511+00', NULL),
	('OLD', 3, 'RESERVED', '01a2031b-639a-70f1-b422-16e563603aac', 1, -1, 1, 0, 0, '2026-11-22 11:54:16.356432+00', NULL),
	('OLD', 4, 'RESERVED', '01a2031b-6449-762a-8964-384b1f34a498', 1, -1, 1, 0, 0, '2026-11-22 11:54:16.522424+00', NULL),
	('OLD', 5, 'CONFIRMED', '01a2031b-62d6-7493-adf4-38aae9c0f2d0', 1, 0, -1, 1, 0, '2026-11-22 11:54:16.707199+00', NULL),
	('OLD', 6, 'CANCELLED', '01a2031b-639a-70f1-b422-16e563603aac', 1, 1, -1, 0, 0, '2026-11-22 11:54:16.73754+00', NULL),
	('OLD', 7, 'EXPIRED', '01a2031b-6449-762a-8964-384b1f34a498', 1, 1, -1, 0, 0, '2026-11-22 11:54:21.636771+00', NULL),
	('WARM', 1, 'INITIALIZED', NULL, 6, 6, 0, 0, 6, '2026-11-22 11:54:23.26112+00', NULL),
	('WARM', 2, 'RESERVED', '01a2031b-7eb7-7441-9875-bed0e104739a', 1, -1, 1, 0, 0, '2026-11-22 11:54:23.287904+00', NULL),
	('WARM', 3, 'CANCELLED', '01a2031b-7eb7-7441-9875-bed0e104739a', 1, 1, -1, 0, 0, '2026-11-22 11:54:23.42693+00', NULL),
	('WARM', 4, 'RESERVED', '01a2031b-7f60-7289-9792-f8c8088d5a43', 1, -1, 1, 0, 0, '2026-11-22 11:54:23.460724+00', NULL),
	('WARM', 5, 'CANCELLED', '01a2031b-7f60-7289-9792-f8c8088d5a43', 1, 1, -1, 0, 0, '2026-11-22 11:54:23.617955+00', NULL),
	('WARM', 6, 'RESERVED', '01a2031b-801e-75ba-a759-55aec9f6f16e', 1, -1, 1, 0, 0, '2026-11-22 11:54:23.646664+00', NULL),
	('WARM', 7, 'CANCELLED', '01a2031b-801e-75ba-a759-55aec9f6f16e', 1, 1, -1, 0, 0, '2026-11-22 11:54:23.768661+00', NULL),
	('WARM', 8, 'RESERVED', '01a2031b-80b4-763b-b4f8-ea951a31e641', 1, -1, 1, 0, 0, '2026-11-22 11:54:23.7989+00', NULL),
	('WARM', 9, 'EXPIRED', '01a2031b-80b4-763b-b4f8-ea951a31e641', 1, 1, -1, 0, 0, '2026-11-22 11:54:28.808438+00', NULL),
	('WARM', 10, 'RESERVED', '01a2031b-9ad6-71ee-ab3c-c02bcaff42a8', 1, -1, 1, 0, 0, '2026-11-22 11:54:30.489359+00', NULL),
	('WARM', 11, 'EXPIRED', '01a2031b-9ad6-71ee-ab3c-c02bcaff42a8', 1, 1, -1, 0, 0, '2026-11-22 11:54:35.650985+00', NULL),
	('WARM', 12, 'RESERVED', '01a2031b-b4f3-72aa-9a13-b301ba2adfa4', 1, -1, 1, 0, 0, '2026-11-22 11:54:37.174734+00', NULL),
	('WARM', 13, 'CANCELLED', '01a2031b-b4f3-72aa-9a13-b301ba2adfa4', 1, 1, -1, 0, 0, '2026-11-22 11:54:37.353562+00', NULL),
	('WARM', 14, 'RESERVED', '01a2031b-b5bd-7673-9192-aa071601048c', 1, -1, 1, 0, 0, '2026-11-22 11:54:37.37535+00', NULL),
	('WARM', 15, 'EXPIRED', '01a2031b-b5bd-7673-9192-aa071601048c', 1, 1, -1, 0, 0, '2026-11-22 11:54:40.597312+00', NULL),
	('WARM', 16, 'RESERVED', '01a2031b-c9dc-75c3-9d34-0a9863115882', 1, -1, 1, 0, 0, '2026-11-22 11:54:42.52755+00', NULL),
	('WARM', 17, 'EXPIRED', '01a2031b-c9dc-75c3-9d34-0a9863115882', 1, 1, -1, 0, 0, '2026-11-22 11:54:45.65047+00', NULL),
	('WARM', 18, 'RESERVED', '01a2031b-da20-7118-896c-ff203d712dca', 1, -1, 1, 0, 0, '2026-11-22 11:54:46.68867+00', NULL),
	('WARM', 19, 'EXPIRED', '01a2031b-da20-7118-896c-ff203d712dca', 1, 1, -1, 0, 0, '2026-11-22 11:54:49.725667+00', NULL),
	('WARM', 20, 'RESERVED', '01a2031b-ea49-77e6-81a2-9fdbcf571287', 1, -1, 1, 0, 0, '2026-11-22 11:54:50.834741+00', NULL),
	('WARM', 21, 'EXPIRED', '01a2031b-ea49-77e6-81a2-9fdbcf571287', 1, 1, -1, 0, 0, '2026-11-22 11:54:51.990944+00', NULL),
	('WARM', 22, 'RESERVED', '01a2031b-faa3-74f9-94c9-1af54a7b431c', 1, -1, 1, 0, 0, '2026-11-22 11:54:55.012907+00', NULL),
	('HOT', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-11-22 11:54:55.227737+00', NULL),
	('HOT', 2, 'RESERVED', '01a2031b-fb93-713d-86df-54f81b1477cd', 1, -1, 1, 0, 0, '2026-11-22 11:54:55.252144+00', NULL),
	('HOT', 3, 'CONFIRMED', '01a2031b-fb93-713d-86df-54f81b1477cd', 1, 0, -1, 1, 0, '2026-11-22 11:54:55.417665+00', NULL),
	('HOT', 4, 'RESERVED', '01a2031b-fc52-7727-9258-eaab5cb20aae', 1, -1, 1, 0, 0, '2026-11-22 11:54:55.443467+00', NULL),
	('HOT', 5, 'RESERVED', '01a2031b-fcc5-71ce-ae7e-f34545d1dcd7', 1, -1, 1, 0, 0, '2026-11-22 11:54:55.558264+00', NULL),
	('HOT', 6, 'WAITLISTED', '01a2031b-fd83-70af-b78e-a8707f11d689', 1, 0, 0, 0, 0, '2026-11-22 11:54:55.747758+00', NULL),
	('HOT', 7, 'WAITLISTED', '01a2031b-fe03-742e-86b0-d678b75dfac8', 1, 0, 0, 0, 0, '2026-11-22 11:54:55.87956+00', NULL),
	('WARM', 23, 'EXPIRED', '01a2031b-faa3-74f9-94c9-1af54a7b431c', 1, 1, -1, 0, 0, '2026-11-22 11:54:56.117106+00', NULL),
	('HOT', 8, 'CANCELLED', '01a2031b-fe03-742e-86b0-d678b75dfac8', 1, 0, 0, 0, 0, '2026-11-22 11:54:56.211853+00', NULL),
	('HOT', 9, 'CANCELLED', '01a2031b-fcc5-71ce-ae7e-f34545d1dcd7', 1, 1, -1, 0, 0, '2026-11-22 11:54:56.246914+00', NULL),
	('HOT', 10, 'PROMOTED', '01a2031b-fd83-70af-b78e-a8707f11d689', 1, -1, 1, 0, 0, '2026-11-22 11:54:56.246914+00', NULL),
	('HOT', 11, 'RESTOCKED', NULL, 2, 2, 0, 0, 2, '2026-11-22 11:54:56.288472+00', 'found behind the shelf'),
	('HOT', 12, 'RESERVED', '01a2031b-ffb6-72eb-b7f4-8a197e0b440e', 2, -2, 2, 0, 0, '2026-11-22 11:54:56.315646+00', NULL),
	('HOT', 13, 'WAITLISTED', '01a2031c-00fc-77dd-b021-373f8af720b2', 3, 0, 0, 0, 0, '2026-11-22 11:54:56.644735+00', NULL),
	('HOT', 14, 'WAITLISTED', '01a2031c-01cc-702d-8f93-6736e52c8bc1', 1, 0, 0, 0, 0, '2026-11-22 11:54:56.845186+00', NULL),
	('HOT', 15, 'RESTOCKED', NULL, 1, 1, 0, 0, 1, '2026-11-22 11:54:57.089068+00', NULL);
INSERT INTO reservations (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('WARM', '01a2031b-7eb7-7441-9875-bed0e104739a', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 11:54:23.287904+00', '2026-11-22 11:54:23.42693+00', '2026-11-22 11:54:28.287904+00', 0.8571437763917567, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a2031b-7f60-7289-9792-f8c8088d5a43', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 11:54:23.460724+00', '2026-11-22 11:54:23.617955+00', '2026-11-22 11:54:28.460724+00', 0.7500007259993224, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a2031b-801e-75ba-a759-55aec9f6f16e', 'bert', 1, 'CANCELLED', NULL, 3, '2026-11-22 11:54:23.646664+00', '2026-11-22 11:54:23.768661+00', '2026-11-22 11:54:26.646664+00', 0.6666672743034645, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a2031b-80b4-763b-b4f8-ea951a31e641', 'dora', 1, 'EXPIRED', NULL, 5, '2026-11-22 11:54:23.7989+00', '2026-11-22 11:54:28.808438+00', '2026-11-22 11:54:28.7989+00', 1, 'full', 'no abandoned holds'),
	('WARM', '01a2031b-9ad6-71ee-ab3c-c02bcaff42a8', 'dora', 1, 'EXPIRED', NULL, 5, '2026-11-22 11:54:30.489359+00', '2026-11-22 11:54:35.650985+00', '2026-11-22 11:54:35.489359+00', 0.7500003612118956, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a2031b-b4f3-72aa-9a13-b301ba2adfa4', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 11:54:37.174734+00', '2026-11-22 11:54:37.353562+00', '2026-11-22 11:54:40.174734+00', 0.6000013601673857, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a2031b-b5bd-7673-9192-aa071601048c', 'dora', 1, 'EXPIRED', NULL, 3, '2026-11-22 11:54:37.37535+00', '2026-11-22 11:54:40.597312+00', '2026-11-22 11:54:40.37535+00', 0.5454557164019709, 'reduced', 'abandoned holds weigh 2.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a2031b-c9dc-75c3-9d34-0a9863115882', 'dora', 1, 'EXPIRED', NULL, 3, '2026-11-22 11:54:42.52755+00', '2026-11-22 11:54:45.65047+00', '2026-11-22 11:54:45.52755+00', 0.4615405051797229, 'reduced', 'abandoned holds weigh 3.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a2031b-da20-7118-896c-ff203d712dca', 'dora', 1, 'EXPIRED', NULL, 3, '2026-11-22 11:54:46.68867+00', '2026-11-22 11:54:49.725667+00', '2026-11-22 11:54:49.68867+00', 0.40000248866625154, 'reduced', 'abandoned holds weigh 4.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a2031b-ea49-77e6-81a2-9fdbcf571287', 'dora', 1, 'EXPIRED', NULL, 1, '2026-11-22 11:54:50.834741+00', '2026-11-22 11:54:51.990944+00', '2026-11-22 11:54:51.834741+00', 0.3529440546559146, 'minimal', 'abandoned holds weigh 5.5, confirmed ones 0.0: 20 % of the hold time'),
	('HOT', '01a2031b-fb93-713d-86df-54f81b1477cd', 'anna', 1, 'CONFIRMED', NULL, 86400, '2026-11-22 11:54:55.252144+00', '2026-11-22 11:54:55.417665+00', '2026-11-23 11:54:55.252144+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a2031b-fc52-7727-9258-eaab5cb20aae', 'bert', 1, 'RESERVED', NULL, 51840, '2026-11-22 11:54:55.443467+00', '2026-11-22 11:54:55.443467+00', '2026-11-23 02:18:55.443467+00', 0.6000092297391901, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a2031b-faa3-74f9-94c9-1af54a7b431c', 'dora', 1, 'EXPIRED', NULL, 1, '2026-11-22 11:54:55.012907+00', '2026-11-22 11:54:56.117106+00', '2026-11-22 11:54:56.012907+00', 0.3157927684157915, 'minimal', 'abandoned holds weigh 6.5, confirmed ones 0.0: 20 % of the hold time'),
	('HOT', '01a2031b-fe03-742e-86b0-d678b75dfac8', 'fred', 1, 'CANCELLED', 2, NULL, '2026-11-22 11:54:55.87956+00', '2026-11-22 11:54:56.211853+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a2031b-fcc5-71ce-ae7e-f34545d1dcd7', 'cleo', 1, 'CANCELLED', NULL, 86400, '2026-11-22 11:54:55.558264+00', '2026-11-22 11:54:56.246914+00', '2026-11-23 11:54:55.558264+00', 0.7500072892977151, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('HOT', '01a2031b-fd83-70af-b78e-a8707f11d689', 'emil', 1, 'RESERVED', 1, 172800, '2026-11-22 11:54:55.747758+00', '2026-11-22 11:54:56.246914+00', '2026-11-24 11:54:56.246914+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a2031b-ffb6-72eb-b7f4-8a197e0b440e', 'gita', 2, 'RESERVED', NULL, 86400, '2026-11-22 11:54:56.315646+00', '2026-11-22 11:54:56.315646+00', '2026-11-23 11:54:56.315646+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a2031c-00fc-77dd-b021-373f8af720b2', 'hugo', 3, 'WAITLISTED', 3, NULL, '2026-11-22 11:54:56.644735+00', '2026-11-22 11:54:56.644735+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a2031c-01cc-702d-8f93-6736e52c8bc1', 'ines', 1, 'WAITLISTED', 4, NULL, '2026-11-22 11:54:56.845186+00', '2026-11-22 11:54:56.845186+00', NULL, 1, 'full', 'no abandoned holds');
INSERT INTO reservations_history (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('OLD', '01a2031b-62d6-7493-adf4-38aae9c0f2d0', 'anna', 1, 'CONFIRMED', NULL, 5, '2026-11-22 11:54:16.157511+00', '2026-11-22 11:54:16.707199+00', '2026-11-22 11:54:21.157511+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a2031b-639a-70f1-b422-16e563603aac', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 11:54:16.356432+00', '2026-11-22 11:54:16.73754+00', '2026-11-22 11:54:21.356432+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a2031b-6449-762a-8964-384b1f34a498', 'cleo', 1, 'EXPIRED', NULL, 5, '2026-11-22 11:54:16.522424+00', '2026-11-22 11:54:21.636771+00', '2026-11-22 11:54:21.522424+00', 1, 'full', 'no abandoned holds');
INSERT INTO skus (sku, initial_quantity, initial_hold_ttl_seconds, total_quantity, available_quantity, reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit, last_sequence, hold_ttl_seconds, version, created_at, updated_at) VALUES
	('WARM', 6, 5, 6, 6, 0, 0, 0, 0, NULL, 0, 5, 23, '2026-11-22 11:54:23.26112+00', '2026-11-22 11:54:56.117106+00'),
	('OLD', 3, 5, 3, 2, 0, 1, 0, 0, 1, 0, 5, 7, '2026-11-22 11:54:16.12355+00', '2026-11-22 11:54:21.636771+00'),
	('HOT', 3, 86400, 6, 1, 4, 1, 2, 4, NULL, 4, 86400, 15, '2026-11-22 11:54:55.227737+00', '2026-11-22 11:54:57.089068+00');
INSERT INTO user_behavior (sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight, abandoned_weight, weighted_at) VALUES
	('OLD', 'anna', 1, 0, 0, 1, 0, '2026-11-22 11:54:16.707199+00'),
	('OLD', 'bert', 0, 1, 0, 0, 0.5, '2026-11-22 11:54:16.73754+00'),
	('OLD', 'cleo', 0, 0, 1, 0, 1, '2026-11-22 11:54:21.636771+00'),
	('WARM', 'bert', 0, 3, 0, 0, 1.499999717814763, '2026-11-22 11:54:23.768661+00'),
	('HOT', 'anna', 1, 0, 0, 1, 0, '2026-11-22 11:54:55.417665+00'),
	('WARM', 'dora', 0, 1, 7, 0, 7.4998926589275845, '2026-11-22 11:54:56.117106+00'),
	('HOT', 'cleo', 0, 1, 0, 0, 0.5, '2026-11-22 11:54:56.246914+00');
INSERT INTO waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at) VALUES
	('HOT', 3, '01a2031c-00fc-77dd-b021-373f8af720b2', 'hugo', 3, '2026-11-22 11:54:56.644735+00'),
	('HOT', 4, '01a2031c-01cc-702d-8f93-6736e52c8bc1', 'ines', 1, '2026-11-22 11:54:56.845186+00');
INSERT INTO waitlist_parts (sku, span, part, waiting) VALUES
	('HOT', 64, 0, 2),
	('HOT', 4096, 0, 2);
