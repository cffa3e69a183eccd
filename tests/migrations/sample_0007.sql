-- Rows as Fairhold had them before migration 7: those of the sample before, as migration 6 left them.

SELECT provide_history('2026-12-01 07:32:26.932662+00');

INSERT INTO api_keys (api_key_id, name, scope, secret_sha256, created_at, revoked_at) VALUES
	('01a23084-eb76-7562-8431-08a11c6be3a5', 'warehouse', 'admin', '\x1344742e0f1505b06d83142ee76652c56e185262983f2d4b7d0d2cf9259345eb', '2026-12-01 07:32:27.127366+00', NULL),
	('01a23084-ebd9-7229-953b-a5de7b942bec', 'shop-window', 'storefront', '\xfac183c403d6b5d063f2d94d4bb99284cd1963f5531b9ed8479d931ac67ff73e', '2026-12-01 07:32:27.226773+00', NULL),
	('01a23084-ec2b-71af-a807-3869c66b5db6', 'auditor', 'read', '\x18b27a868b6841603fc23cb91e0396dfb2042afcdfa4b0abd91792cbc4ce21d9', '2026-12-01 07:32:27.3172+00', NULL),
	('01a23084-ec71-7493-9e08-7259c73e5183', 'old-till', 'storefront', '\x7a620956552fa9a9bc2eba984017cdedfcfa8cf45f4902dac5139cfcbfc2bc1d', '2026-12-01 07:32:27.377976+00', '2026-12-01 07:32:29.421571+00');
INSERT INTO idempotency_keys (sku, endpoint, idempotency_key, request, outcome, reservation_id, created_at) VALUES
	('HOT', 'reserve', 'key-anna', '{"user_id": "anna", "quantity": 1}', '{"place": null, "answer": "reserve", "standing": "held", "reservation": {"sku": "HOT", "hold": {"expires_at": "2026-12-02T07:32:29.451082Z", "ttl_seconds": 86400}, "status": "RESERVED", "user_id": "anna", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": null, "created_at": "2026-12-01T07:32:29.451082Z", "updated_at": "2026-12-01T07:32:29.451082Z", "reservation_id": "01a23084-f489-7416-96cd-023c08bbf4dd"}}', '01a23084-f489-7416-96cd-023c08bbf4dd', '2026-12-01 07:32:29.451082+00'),
	('HOT', 'reserve', 'key-emil', '{"user_id": "emil", "quantity": 1}', '{"place": {"position": 1, "sequence": 1}, "answer": "reserve", "standing": "waitlisted", "reservation": {"sku": "HOT", "hold": null, "status": "WAITLISTED", "user_id": "emil", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": 1, "created_at": "2026-12-01T07:32:29.512255Z", "updated_at": "2026-12-01T07:32:29.512255Z", "reservation_id": "01a23084-f4c7-759d-8b24-cbba671c5fe6"}}', '01a23084-f4c7-759d-8b24-cbba671c5fe6', '2026-12-01 07:32:29.512255+00'),
	('HOT', 'reserve', 'key-emil-again', '{"user_id": "emil", "quantity": 1}', '{"place": {"position": 1, "sequence": 1}, "answer": "reserve", "standing": "existing", "reservation": {"sku": "HOT", "hold": null, "status": "WAITLISTED", "user_id": "emil", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": 1, "created_at": "2026-12-01T07:32:29.512255Z", "updated_at": "2026-12-01T07:32:29.512255Z", "reservation_id": "01a23084-f4c7-759d-8b24-cbba671c5fe6"}}', '01a23084-f4c7-759d-8b24-cbba671c5fe6', '2026-12-01 07:32:29.556453+00'),
	('HOT', 'restock', 'key-more', '{"reason": "found behind the shelf", "quantity": 2}', '{"answer": "restock", "promoted": 0, "inventory": {"sku": "HOT", "version": 11, "created_at": "2026-12-01T07:32:29.435400Z", "updated_at": "2026-12-01T07:32:29.668167Z", "last_sequence": 2, "sold_quantity": 1, "waitlist_size": 0, "total_quantity": 5, "waitlist_limit": null, "hold_ttl_seconds": 86400, "reserved_quantity": 2, "waitlist_quantity": 0, "available_quantity": 2}}', NULL, '2026-12-01 07:32:29.668167+00');
INSERT INTO ledger (sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta, sold_delta, total_delta, recorded_at, reason, actor, user_id) VALUES
	('OLD', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-12-01 07:32:26.908872+00', NULL, NULL, NULL),
	('OLD', 2, 'RESERVED', '01a23084-eaa5-7795-b4db-40359ffd0bbf', 1, -1, 1, 0, 0, '2026-12-01 07:32:26.932662+00', NULL, NULL, 'anna'),
	('OLD', 3, 'RESERVED', '01a23084-eace-76f2-87ce-f9deb10cb73a', 1, -1, 1, 0, 0, '2026-12-01 07:32:26.959218+00', NULL, NULL, 'bert'),
	('OLD', 4, 'RESERVED', '01a23084-eadc-74dc-91fe-cb51cdb63a19', 1, -1, 1, 0, 0, '2026-12-01 07:32:26.973998+00', NULL, NULL, 'cleo'),
	('OLD', 5, 'CONFIRMED', '01a23084-eaa5-7795-b4db-40359ffd0bbf', 1, 0, -1, 1, 0, '2026-12-01 07:32:26.996437+00', NULL, NULL, 'anna'),
	('OLD', 6, 'CANCELLED', '01a23084-eace-76f2-87ce-f9deb10cb73a', 1, 1, -1, 0, 0, '2026-12-01 07:32:27.010538+00', NULL, NULL, 'bert'),
	('WARM', 1, 'INITIALIZED', NULL, 6, 6, 0, 0, 6, '2026-12-01 07:32:28.8941+00', NULL, 'key:warehouse', NULL),
	('WARM', 2, 'RESERVED', '01a23084-f267-703f-b96a-d691fa2b82b6', 1, -1, 1, 0, 0, '2026-12-01 07:32:28.921121+00', NULL, 'key:old-till', 'dora'),
	('WARM', 3, 'CANCELLED', '01a23084-f267-703f-b96a-d691fa2b82b6', 1, 1, -1, 0, 0, '2026-12-01 07:32:28.949703+00', NULL, 'key:old-till', 'dora'),
	('WARM', 4, 'RESERVED', '01a23084-f29f-7621-af74-530df7e0d219', 1, -1, 1, 0, 0, '2026-12-01 07:32:28.961008+00', NULL, 'key:old-till', 'dora'),
	('WARM', 5, 'CANCELLED', '01a23084-f29f-7621-af74-530df7e0d219', 1, 1, -1, 0, 0, '2026-12-01 07:32:28.981556+00', NULL, 'key:old-till', 'dora'),
	('WARM', 6, 'RESERVED', '01a23084-f2c0-74af-8b0f-59cdb78e7985', 1, -1, 1, 0, 0, '2026-12-01 07:32:28.993606+00', NULL, 'key:old-till', 'dora'),
	('WARM', 7, 'CANCELLED', '01a23084-f2c0-74af-8b0f-59cdb78e7985', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.00596+00', NULL, 'key:old-till', 'dora'),
	('WARM', 8, 'RESERVED', '01a23084-f2dc-75a8-958c-de261644de9c', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.022149+00', NULL, 'key:old-till', 'dora'),
	('WARM', 9, 'CANCELLED', '01a23084-f2dc-75a8-958c-de261644de9c', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.033518+00', NULL, 'key:old-till', 'dora'),
	('WARM', 10, 'RESERVED', '01a23084-f2f5-70a5-b36e-a50c13ae1b65', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.046144+00', NULL, 'key:old-till', 'dora'),
	('WARM', 11, 'CANCELLED', '01a23084-f2f5-70a5-b36e-a50c13ae1b65', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.057876+00', NULL, 'key:old-till', 'dora'),
	('WARM', 12, 'RESERVED', '01a23084-f30d-74e7-9f26-64f80e2f4ba6', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.07003+00', NULL, 'key:old-till', 'dora'),
	('WARM', 13, 'CANCELLED', '01a23084-f30d-74e7-9f26-64f80e2f4ba6', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.077979+00', NULL, 'key:old-till', 'dora'),
	('WARM', 14, 'RESERVED', '01a23084-f324-71f6-9dd9-aa04bfe1a90c', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.093266+00', NULL, 'key:old-till', 'dora'),
	('WARM', 15, 'CANCELLED', '01a23084-f324-71f6-9dd9-aa04bfe1a90c', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.105357+00', NULL, 'key:old-till', 'dora'),
	('WARM', 16, 'RESERVED', '01a23084-f33c-752a-a66f-b07b2cda3396', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.117703+00', NULL, 'key:old-till', 'dora'),
	('WARM', 17, 'CANCELLED', '01a23084-f33c-752a-a66f-b07b2cda3396', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.127714+00', NULL, 'key:old-till', 'dora'),
	('WARM', 18, 'RESERVED', '01a23084-f350-749e-83b9-9c23259a2712', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.136997+00', NULL, 'key:old-till', 'dora'),
	('WARM', 19, 'CANCELLED', '01a23084-f350-749e-83b9-9c23259a2712', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.153434+00', NULL, 'key:old-till', 'dora'),
	('WARM', 20, 'RESERVED', '01a23084-f36c-7734-839a-acf16c7b0469', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.165986+00', NULL, 'key:old-till', 'dora'),
	('WARM', 21, 'CANCELLED', '01a23084-f36c-7734-839a-acf16c7b0469', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.176008+00', NULL, 'key:old-till', 'dora'),
	('WARM', 22, 'RESERVED', '01a23084-f382-70d0-9938-e5a1d7f76e8c', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.187126+00', NULL, 'key:old-till', 'dora'),
	('WARM', 23, 'RESERVED', '01a23084-f38c-761c-ad1d-b2e071397a08', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.197079+00', NULL, 'key:old-till', 'bert'),
	('WARM', 24, 'CANCELLED', '01a23084-f38c-761c-ad1d-b2e071397a08', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.210157+00', NULL, 'key:old-till', 'bert'),
	('WARM', 25, 'RESERVED', '01a23084-f3a5-70d8-bb4d-b4e84a679105', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.22645+00', NULL, 'key:old-till', 'bert'),
	('WARM', 26, 'CANCELLED', '01a23084-f3a5-70d8-bb4d-b4e84a679105', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.238312+00', NULL, 'key:old-till', 'bert'),
	('WARM', 27, 'RESERVED', '01a23084-f3c7-724b-9f40-edc3fa583a1c', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.25636+00', NULL, 'key:old-till', 'bert'),
	('WARM', 28, 'CANCELLED', '01a23084-f3c7-724b-9f40-edc3fa583a1c', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.268062+00', NULL, 'key:old-till', 'bert'),
	('HOT', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-12-01 07:32:29.4354+00', NULL, 'key:warehouse', NULL),
	('HOT', 2, 'RESERVED', '01a23084-f489-7416-96cd-023c08bbf4dd', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.451082+00', NULL, 'key:shop-window', 'anna'),
	('HOT', 3, 'CONFIRMED', '01a23084-f489-7416-96cd-023c08bbf4dd', 1, 0, -1, 1, 0, '2026-12-01 07:32:29.473957+00', NULL, 'key:shop-window', 'anna'),
	('HOT', 4, 'RESERVED', '01a23084-f4b1-7453-b986-8b61d6bedfa1', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.490709+00', NULL, 'key:shop-window', 'bert'),
	('HOT', 5, 'RESERVED', '01a23084-f4bd-77fd-9e49-6b82df8d0ac4', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.502545+00', NULL, 'key:shop-window', 'cleo'),
	('HOT', 6, 'WAITLISTED', '01a23084-f4c7-759d-8b24-cbba671c5fe6', 1, 0, 0, 0, 0, '2026-12-01 07:32:29.512255+00', NULL, 'key:shop-window', 'emil'),
	('HOT', 7, 'WAITLISTED', '01a23084-f4d9-731f-8b0e-a43b7128dfbe', 1, 0, 0, 0, 0, '2026-12-01 07:32:29.530485+00', NULL, 'key:shop-window', 'fred'),
	('HOT', 8, 'CANCELLED', '01a23084-f4d9-731f-8b0e-a43b7128dfbe', 1, 0, 0, 0, 0, '2026-12-01 07:32:29.621663+00', NULL, 'key:shop-window', 'fred'),
	('HOT', 9, 'CANCELLED', '01a23084-f4bd-77fd-9e49-6b82df8d0ac4', 1, 1, -1, 0, 0, '2026-12-01 07:32:29.641343+00', NULL, 'key:shop-window', 'cleo'),
	('HOT', 10, 'PROMOTED', '01a23084-f4c7-759d-8b24-cbba671c5fe6', 1, -1, 1, 0, 0, '2026-12-01 07:32:29.641343+00', NULL, 'key:shop-window', 'emil'),
	('HOT', 11, 'RESTOCKED', NULL, 2, 2, 0, 0, 2, '2026-12-01 07:32:29.668167+00', 'found behind the shelf', 'key:warehouse', NULL),
	('HOT', 12, 'RESERVED', '01a23084-f56c-7214-95c4-a72bf995fb37', 2, -2, 2, 0, 0, '2026-12-01 07:32:29.677328+00', NULL, 'key:shop-window', 'gita'),
	('HOT', 13, 'WAITLISTED', '01a23084-f574-707a-8aa0-304d9c70b61a', 3, 0, 0, 0, 0, '2026-12-01 07:32:29.685179+00', NULL, 'key:shop-window', 'hugo'),
	('HOT', 14, 'WAITLISTED', '01a23084-f581-709d-9f29-a02376fe3ea3', 1, 0, 0, 0, 0, '2026-12-01 07:32:29.698606+00', NULL, 'key:shop-window', 'ines'),
	('HOT', 15, 'RESTOCKED', NULL, 1, 1, 0, 0, 1, '2026-12-01 07:32:29.714253+00', NULL, 'key:warehouse', NULL),
	('STUCK', 1, 'INITIALIZED', NULL, 4, 4, 0, 0, 4, '2026-12-01 07:32:29.727601+00', NULL, 'key:warehouse', NULL),
	('STUCK', 2, 'RESERVED', '01a23084-f5a9-74fb-a03c-98ed345a0e4c', 3, -3, 3, 0, 0, '2026-12-01 07:32:29.737962+00', NULL, 'key:shop-window', 'kurt'),
	('STUCK', 3, 'WAITLISTED', '01a23084-f5b4-729c-a310-088d445242d2', 4, 0, 0, 0, 0, '2026-12-01 07:32:29.749563+00', NULL, 'key:shop-window', 'lena'),
	('STUCK', 4, 'WAITLISTED', '01a23084-f5c1-7509-a7a7-0836bf3637aa', 1, 0, 0, 0, 0, '2026-12-01 07:32:29.762594+00', NULL, 'key:shop-window', 'mila'),
	('STUCK', 5, 'CONFIRMED', '01a23084-f5a9-74fb-a03c-98ed345a0e4c', 3, 0, -3, 3, 0, '2026-12-01 07:32:29.7736+00', NULL, 'key:shop-window', 'kurt'),
	('WARM', 29, 'EXPIRED', '01a23084-f382-70d0-9938-e5a1d7f76e8c', 1, 1, -1, 0, 0, '2026-12-01 07:32:30.266675+00', NULL, 'expiry', 'dora'),
	('OLD', 7, 'EXPIRED', '01a23084-eadc-74dc-91fe-cb51cdb63a19', 1, 1, -1, 0, 0, '2026-12-01 07:32:32.08506+00', NULL, 'expiry', 'cleo');
INSERT INTO reservations (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('WARM', '01a23084-f267-703f-b96a-d691fa2b82b6', 'dora', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:32:28.921121+00', '2026-12-01 07:32:28.949703+00', '2026-12-01 07:32:33.921121+00', 1, 'full', 'no abandoned holds'),
	('WARM', '01a23084-f29f-7621-af74-530df7e0d219', 'dora', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:32:28.961008+00', '2026-12-01 07:32:28.981556+00', '2026-12-01 07:32:33.961008+00', 0.8571428587293547, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23084-f2c0-74af-8b0f-59cdb78e7985', 'dora', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:32:28.993606+00', '2026-12-01 07:32:29.00596+00', '2026-12-01 07:32:33.993606+00', 0.7500000060118527, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23084-f2dc-75a8-958c-de261644de9c', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.022149+00', '2026-12-01 07:32:29.033518+00', '2026-12-01 07:32:32.022149+00', 0.6666666776374219, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23084-f2f5-70a5-b36e-a50c13ae1b65', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.046144+00', '2026-12-01 07:32:29.057876+00', '2026-12-01 07:32:32.046144+00', 0.6000000147045533, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23084-f30d-74e7-9f26-64f80e2f4ba6', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.07003+00', '2026-12-01 07:32:29.077979+00', '2026-12-01 07:32:32.07003+00', 0.545454563727573, 'reduced', 'abandoned holds weigh 2.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23084-f324-71f6-9dd9-aa04bfe1a90c', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.093266+00', '2026-12-01 07:32:29.105357+00', '2026-12-01 07:32:32.093266+00', 0.5000000216323881, 'reduced', 'abandoned holds weigh 3.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23084-f33c-752a-a66f-b07b2cda3396', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.117703+00', '2026-12-01 07:32:29.127714+00', '2026-12-01 07:32:32.117703+00', 0.4615384864390592, 'reduced', 'abandoned holds weigh 3.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23084-f350-749e-83b9-9c23259a2712', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.136997+00', '2026-12-01 07:32:29.153434+00', '2026-12-01 07:32:32.136997+00', 0.4285714551058986, 'reduced', 'abandoned holds weigh 4.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23084-f36c-7734-839a-acf16c7b0469', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.165986+00', '2026-12-01 07:32:29.176008+00', '2026-12-01 07:32:32.165986+00', 0.4000000305857915, 'reduced', 'abandoned holds weigh 4.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23084-f38c-761c-ad1d-b2e071397a08', 'bert', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:32:29.197079+00', '2026-12-01 07:32:29.210157+00', '2026-12-01 07:32:34.197079+00', 0.8571431639928273, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23084-f3a5-70d8-bb4d-b4e84a679105', 'bert', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:32:29.22645+00', '2026-12-01 07:32:29.238312+00', '2026-12-01 07:32:34.22645+00', 0.7500002398383474, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23084-f3c7-724b-9f40-edc3fa583a1c', 'bert', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:32:29.25636+00', '2026-12-01 07:32:29.268062+00', '2026-12-01 07:32:32.25636+00', 0.6666668627791316, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('HOT', '01a23084-f489-7416-96cd-023c08bbf4dd', 'anna', 1, 'CONFIRMED', NULL, 86400, '2026-12-01 07:32:29.451082+00', '2026-12-01 07:32:29.473957+00', '2026-12-02 07:32:29.451082+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23084-f4b1-7453-b986-8b61d6bedfa1', 'bert', 1, 'RESERVED', NULL, 51840, '2026-12-01 07:32:29.490709+00', '2026-12-01 07:32:29.490709+00', '2026-12-01 21:56:29.490709+00', 0.6000002225060601, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('HOT', '01a23084-f4d9-731f-8b0e-a43b7128dfbe', 'fred', 1, 'CANCELLED', 2, NULL, '2026-12-01 07:32:29.530485+00', '2026-12-01 07:32:29.621663+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a23084-f4bd-77fd-9e49-6b82df8d0ac4', 'cleo', 1, 'CANCELLED', NULL, 86400, '2026-12-01 07:32:29.502545+00', '2026-12-01 07:32:29.641343+00', '2026-12-02 07:32:29.502545+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23084-f4c7-759d-8b24-cbba671c5fe6', 'emil', 1, 'RESERVED', 1, 172800, '2026-12-01 07:32:29.512255+00', '2026-12-01 07:32:29.641343+00', '2026-12-03 07:32:29.641343+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23084-f56c-7214-95c4-a72bf995fb37', 'gita', 2, 'RESERVED', NULL, 86400, '2026-12-01 07:32:29.677328+00', '2026-12-01 07:32:29.677328+00', '2026-12-02 07:32:29.677328+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23084-f574-707a-8aa0-304d9c70b61a', 'hugo', 3, 'WAITLISTED', 3, NULL, '2026-12-01 07:32:29.685179+00', '2026-12-01 07:32:29.685179+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a23084-f581-709d-9f29-a02376fe3ea3', 'ines', 1, 'WAITLISTED', 4, NULL, '2026-12-01 07:32:29.698606+00', '2026-12-01 07:32:29.698606+00', NULL, 1, 'full', 'no abandoned holds'),
	('STUCK', '01a23084-f5b4-729c-a310-088d445242d2', 'lena', 4, 'WAITLISTED', 1, NULL, '2026-12-01 07:32:29.749563+00', '2026-12-01 07:32:29.749563+00', NULL, 1, 'full', 'no abandoned holds'),
	('STUCK', '01a23084-f5c1-7509-a7a7-0836bf3637aa', 'mila', 1, 'WAITLISTED', 2, NULL, '2026-12-01 07:32:29.762594+00', '2026-12-01 07:32:29.762594+00', NULL, 1, 'full', 'no abandoned holds'),
	('STUCK', '01a23084-f5a9-74fb-a03c-98ed345a0e4c', 'kurt', 3, 'CONFIRMED', NULL, 300, '2026-12-01 07:32:29.737962+00', '2026-12-01 07:32:29.7736+00', '2026-12-01 07:37:29.737962+00', 1, 'full', 'no abandoned holds'),
	('WARM', '01a23084-f382-70d0-9938-e5a1d7f76e8c', 'dora', 1, 'EXPIRED', NULL, 1, '2026-12-01 07:32:29.187126+00', '2026-12-01 07:32:30.266675+00', '2026-12-01 07:32:30.187126+00', 0.3750000322912924, 'minimal', 'abandoned holds weigh 5.0, confirmed ones 0.0: 20 % of the hold time');
INSERT INTO reservations_history (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('OLD', '01a23084-eaa5-7795-b4db-40359ffd0bbf', 'anna', 1, 'CONFIRMED', NULL, 5, '2026-12-01 07:32:26.932662+00', '2026-12-01 07:32:26.996437+00', '2026-12-01 07:32:31.932662+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a23084-eace-76f2-87ce-f9deb10cb73a', 'bert', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:32:26.959218+00', '2026-12-01 07:32:27.010538+00', '2026-12-01 07:32:31.959218+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a23084-eadc-74dc-91fe-cb51cdb63a19', 'cleo', 1, 'EXPIRED', NULL, 5, '2026-12-01 07:32:26.973998+00', '2026-12-01 07:32:32.08506+00', '2026-12-01 07:32:31.973998+00', 1, 'full', 'no abandoned holds');
INSERT INTO skus (sku, initial_quantity, initial_hold_ttl_seconds, total_quantity, available_quantity, reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit, last_sequence, hold_ttl_seconds, version, created_at, updated_at) VALUES
	('HOT', 3, 86400, 6, 1, 4, 1, 2, 4, NULL, 4, 86400, 15, '2026-12-01 07:32:29.4354+00', '2026-12-01 07:32:29.714253+00'),
	('STUCK', 4, NULL, 4, 1, 0, 3, 2, 5, NULL, 2, 300, 5, '2026-12-01 07:32:29.727601+00', '2026-12-01 07:32:29.7736+00'),
	('WARM', 6, 5, 6, 6, 0, 0, 0, 0, NULL, 0, 5, 29, '2026-12-01 07:32:28.8941+00', '2026-12-01 07:32:30.266675+00'),
	('OLD', 3, 5, 3, 2, 0, 1, 0, 0, 1, 0, 5, 7, '2026-12-01 07:32:26.908872+00', '2026-12-01 07:32:32.08506+00');
INSERT INTO user_behavior (sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight, abandoned_weight, weighted_at) VALUES
	('OLD', 'anna', 1, 0, 0, 1, 0, '2026-12-01 07:32:26.996437+00'),
	('OLD', 'bert', 0, 1, 0, 0, 0.5, '2026-12-01 07:32:27.010538+00'),
	('WARM', 'bert', 0, 3, 0, 0, 1.4999999497703254, '2026-12-01 07:32:29.268062+00'),
	('HOT', 'anna', 1, 0, 0, 1, 0, '2026-12-01 07:32:29.473957+00'),
	('HOT', 'cleo', 0, 1, 0, 0, 0.5, '2026-12-01 07:32:29.641343+00'),
	('STUCK', 'kurt', 1, 0, 0, 1, 0, '2026-12-01 07:32:29.7736+00'),
	('WARM', 'dora', 0, 10, 1, 0, 5.999993124894123, '2026-12-01 07:32:30.266675+00'),
	('OLD', 'cleo', 0, 0, 1, 0, 1, '2026-12-01 07:32:32.08506+00');
INSERT INTO waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at) VALUES
	('HOT', 3, '01a23084-f574-707a-8aa0-304d9c70b61a', 'hugo', 3, '2026-12-01 07:32:29.685179+00'),
	('HOT', 4, '01a23084-f581-709d-9f29-a02376fe3ea3', 'ines', 1, '2026-12-01 07:32:29.698606+00'),
	('STUCK', 1, '01a23084-f5b4-729c-a310-088d445242d2', 'lena', 4, '2026-12-01 07:32:29.749563+00'),
	('STUCK', 2, '01a23084-f5c1-7509-a7a7-0836bf3637aa', 'mila', 1, '2026-12-01 07:32:29.762594+00');
INSERT INTO waitlist_parts (sku, span, part, waiting) VALUES
	('HOT', 64, 0, 2),
	('HOT', 4096, 0, 2),
	('STUCK', 64, 0, 2),
	('STUCK', 4096, 0, 2);

UPDATE skus
SET
    strict_order_until = version,
    serving = available_quantity > 0 AND waitlist_size > 0
WHERE last_sequence > 0;
