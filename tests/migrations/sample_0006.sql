-- Rows as Fairhold had them before migration 6: of each table, each status, each kind and each tier, and a
-- SKU whose head wants more than is unsold and keeps a unit idle that the next one wants.
-- What a real service wrote, dumped by pg_dump --data-only --column-inserts --load-via-partition-root.

SELECT provide_history('2026-12-01 07:02:12.010659+00');

INSERT INTO api_keys (api_key_id, name, scope, secret_sha256, created_at, revoked_at) VALUES
	('01a23069-3977-7061-a31b-5137ae0218ec', 'warehouse', 'admin', '\x8b3c1ddc2d8a220a6720d28ab1452542625e169d3e1becf39da0f2ec2b98cf55', '2026-12-01 07:02:12.088525+00', NULL),
	('01a23069-399a-75e6-8220-76f7d85defbb', 'shop-window', 'storefront', '\x3a155f014035eff639aaf3999d29a0229bde8eeb608febb28d765b70739a43b8', '2026-12-01 07:02:12.122846+00', NULL),
	('01a23069-39c5-741a-9e06-0439a7f98b64', 'auditor', 'read', '\xe930916e96cbc6cb36a0317eaca39f8a817feac16efb7e4b056ce5098c5c200a', '2026-12-01 07:02:12.16674+00', NULL),
	('01a23069-39e9-77eb-91cd-e0e4ea2e571a', 'old-till', 'storefront', '\xa8d3e3f87ff431d63b4d6c8100d8653656141b62874ffb24f146715b1ebe5072', '2026-12-01 07:02:12.202441+00', '2026-12-01 07:02:13.987742+00');
INSERT INTO idempotency_keys (sku, endpoint, idempotency_key, request, outcome, reservation_id, created_at) VALUES
	('HOT', 'reserve', 'key-anna', '{"user_id": "anna", "quantity": 1}', '{"place": null, "answer": "reserve", "standing": "held", "reservation": {"sku": "HOT", "hold": {"expires_at": "2026-12-02T07:02:14.002564Z", "ttl_seconds": 86400}, "status": "RESERVED", "user_id": "anna", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": null, "created_at": "2026-12-01T07:02:14.002564Z", "updated_at": "2026-12-01T07:02:14.002564Z", "reservation_id": "01a23069-40f1-7630-8604-630dacafab7f"}}', '01a23069-40f1-7630-8604-630dacafab7f', '2026-12-01 07:02:14.002564+00'),
	('HOT', 'reserve', 'key-emil', '{"user_id": "emil", "quantity": 1}', '{"place": {"position": 1, "sequence": 1}, "answer": "reserve", "standing": "waitlisted", "reservation": {"sku": "HOT", "hold": null, "status": "WAITLISTED", "user_id": "emil", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": 1, "created_at": "2026-12-01T07:02:14.026442Z", "updated_at": "2026-12-01T07:02:14.026442Z", "reservation_id": "01a23069-4109-7598-a98a-0f9cad31f249"}}', '01a23069-4109-7598-a98a-0f9cad31f249', '2026-12-01 07:02:14.026442+00'),
	('HOT', 'reserve', 'key-emil-again', '{"user_id": "emil", "quantity": 1}', '{"place": {"position": 1, "sequence": 1}, "answer": "reserve", "standing": "existing", "reservation": {"sku": "HOT", "hold": null, "status": "WAITLISTED", "user_id": "emil", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": 1, "created_at": "2026-12-01T07:02:14.026442Z", "updated_at": "2026-12-01T07:02:14.026442Z", "reservation_id": "01a23069-4109-7598-a98a-0f9cad31f249"}}', '01a23069-4109-7598-a98a-0f9cad31f249', '2026-12-01 07:02:14.039751+00'),
	('HOT', 'restock', 'key-more', '{"reason": "found behind the shelf", "quantity": 2}', '{"answer": "restock", "promoted": 0, "inventory": {"sku": "HOT", "version": 11, "created_at": "2026-12-01T07:02:13.997191Z", "updated_at": "2026-12-01T07:02:14.068458Z", "last_sequence": 2, "sold_quantity": 1, "waitlist_size": 0, "total_quantity": 5, "waitlist_limit": null, "hold_ttl_seconds": 86400, "reserved_quantity": 2, "waitlist_quantity": 0, "available_quantity": 2}}', NULL, '2026-12-01 07:02:14.068458+00');
INSERT INTO ledger (sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta, sold_delta, total_delta, recorded_at, reason, actor, user_id) VALUES
	('OLD', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-12-01 07:02:11.997317+00', NULL, NULL, NULL),
	('OLD', 2, 'RESERVED', '01a23069-3921-761e-84b8-96ef64fcb7ff', 1, -1, 1, 0, 0, '2026-12-01 07:02:12.010659+00', NULL, NULL, 'anna'),
	('OLD', 3, 'RESERVED', '01a23069-3935-7750-9cc8-6b1b2810e6ee', 1, -1, 1, 0, 0, '2026-12-01 07:02:12.022011+00', NULL, NULL, 'bert'),
	('OLD', 4, 'RESERVED', '01a23069-393a-733c-94f9-39504070b7b0', 1, -1, 1, 0, 0, '2026-12-01 07:02:12.027315+00', NULL, NULL, 'cleo'),
	('OLD', 5, 'CONFIRMED', '01a23069-3921-761e-84b8-96ef64fcb7ff', 1, 0, -1, 1, 0, '2026-12-01 07:02:12.03367+00', NULL, NULL, 'anna'),
	('OLD', 6, 'CANCELLED', '01a23069-3935-7750-9cc8-6b1b2810e6ee', 1, 1, -1, 0, 0, '2026-12-01 07:02:12.043298+00', NULL, NULL, 'bert'),
	('WARM', 1, 'INITIALIZED', NULL, 6, 6, 0, 0, 6, '2026-12-01 07:02:13.715316+00', NULL, 'key:warehouse', NULL),
	('WARM', 2, 'RESERVED', '01a23069-3fd7-776b-928a-4546d8235489', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.728257+00', NULL, 'key:old-till', 'dora'),
	('WARM', 3, 'CANCELLED', '01a23069-3fd7-776b-928a-4546d8235489', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.747291+00', NULL, 'key:old-till', 'dora'),
	('WARM', 4, 'RESERVED', '01a23069-3ffc-734b-b5fc-e1a33db6452e', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.757142+00', NULL, 'key:old-till', 'dora'),
	('WARM', 5, 'CANCELLED', '01a23069-3ffc-734b-b5fc-e1a33db6452e', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.763189+00', NULL, 'key:old-till', 'dora'),
	('WARM', 6, 'RESERVED', '01a23069-400b-7167-af5e-398b29b53c9c', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.772085+00', NULL, 'key:old-till', 'dora'),
	('WARM', 7, 'CANCELLED', '01a23069-400b-7167-af5e-398b29b53c9c', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.779209+00', NULL, 'key:old-till', 'dora'),
	('WARM', 8, 'RESERVED', '01a23069-401a-7612-b0c3-d5fc3f85dc47', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.787526+00', NULL, 'key:old-till', 'dora'),
	('WARM', 9, 'CANCELLED', '01a23069-401a-7612-b0c3-d5fc3f85dc47', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.793117+00', NULL, 'key:old-till', 'dora'),
	('WARM', 10, 'RESERVED', '01a23069-4027-719a-87b1-6822bec60924', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.799446+00', NULL, 'key:old-till', 'dora'),
	('WARM', 11, 'CANCELLED', '01a23069-4027-719a-87b1-6822bec60924', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.804473+00', NULL, 'key:old-till', 'dora'),
	('WARM', 12, 'RESERVED', '01a23069-4032-73c6-bf05-3e1ab6e35500', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.811015+00', NULL, 'key:old-till', 'dora'),
	('WARM', 13, 'CANCELLED', '01a23069-4032-73c6-bf05-3e1ab6e35500', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.816496+00', NULL, 'key:old-till', 'dora'),
	('WARM', 14, 'RESERVED', '01a23069-403e-763a-b04c-3a9fe8bd0df2', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.822887+00', NULL, 'key:old-till', 'dora'),
	('WARM', 15, 'CANCELLED', '01a23069-403e-763a-b04c-3a9fe8bd0df2', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.82811+00', NULL, 'key:old-till', 'dora'),
	('WARM', 16, 'RESERVED', '01a23069-404a-760c-93dd-cad69e139292', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.834618+00', NULL, 'key:old-till', 'dora'),
	('WARM', 17, 'CANCELLED', '01a23069-404a-760c-93dd-cad69e139292', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.840761+00', NULL, 'key:old-till', 'dora'),
	('WARM', 18, 'RESERVED', '01a23069-4057-7095-ab78-e35d3871c001', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.847734+00', NULL, 'key:old-till', 'dora'),
	('WARM', 19, 'CANCELLED', '01a23069-4057-7095-ab78-e35d3871c001', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.854709+00', NULL, 'key:old-till', 'dora'),
	('WARM', 20, 'RESERVED', '01a23069-4066-77f0-88aa-a00b5cbd3500', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.863037+00', NULL, 'key:old-till', 'dora'),
	('WARM', 21, 'RESERVED', '01a23069-406c-753a-8304-7dd846fb1e43', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.868768+00', NULL, 'key:old-till', 'bert'),
	('WARM', 22, 'CANCELLED', '01a23069-406c-753a-8304-7dd846fb1e43', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.874674+00', NULL, 'key:old-till', 'bert'),
	('WARM', 23, 'RESERVED', '01a23069-4079-749c-a75f-c81d59362ae7', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.882483+00', NULL, 'key:old-till', 'bert'),
	('WARM', 24, 'CANCELLED', '01a23069-4079-749c-a75f-c81d59362ae7', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.88997+00', NULL, 'key:old-till', 'bert'),
	('WARM', 25, 'RESERVED', '01a23069-4089-7753-8192-9d2a3cb42fd8', 1, -1, 1, 0, 0, '2026-12-01 07:02:13.89798+00', NULL, 'key:old-till', 'bert'),
	('WARM', 26, 'CANCELLED', '01a23069-4089-7753-8192-9d2a3cb42fd8', 1, 1, -1, 0, 0, '2026-12-01 07:02:13.90512+00', NULL, 'key:old-till', 'bert'),
	('HOT', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-12-01 07:02:13.997191+00', NULL, 'key:warehouse', NULL),
	('HOT', 2, 'RESERVED', '01a23069-40f1-7630-8604-630dacafab7f', 1, -1, 1, 0, 0, '2026-12-01 07:02:14.002564+00', NULL, 'key:shop-window', 'anna'),
	('HOT', 3, 'CONFIRMED', '01a23069-40f1-7630-8604-630dacafab7f', 1, 0, -1, 1, 0, '2026-12-01 07:02:14.010834+00', NULL, 'key:shop-window', 'anna'),
	('HOT', 4, 'RESERVED', '01a23069-4100-76c2-9a5e-f1c50f970022', 1, -1, 1, 0, 0, '2026-12-01 07:02:14.016734+00', NULL, 'key:shop-window', 'bert'),
	('HOT', 5, 'RESERVED', '01a23069-4105-75c5-81fe-f270c4102e01', 1, -1, 1, 0, 0, '2026-12-01 07:02:14.021757+00', NULL, 'key:shop-window', 'cleo'),
	('HOT', 6, 'WAITLISTED', '01a23069-4109-7598-a98a-0f9cad31f249', 1, 0, 0, 0, 0, '2026-12-01 07:02:14.026442+00', NULL, 'key:shop-window', 'emil'),
	('HOT', 7, 'WAITLISTED', '01a23069-4111-72fc-884c-d690802eddee', 1, 0, 0, 0, 0, '2026-12-01 07:02:14.033485+00', NULL, 'key:shop-window', 'fred'),
	('HOT', 8, 'CANCELLED', '01a23069-4111-72fc-884c-d690802eddee', 1, 0, 0, 0, 0, '2026-12-01 07:02:14.049257+00', NULL, 'key:shop-window', 'fred'),
	('HOT', 9, 'CANCELLED', '01a23069-4105-75c5-81fe-f270c4102e01', 1, 1, -1, 0, 0, '2026-12-01 07:02:14.060169+00', NULL, 'key:shop-window', 'cleo'),
	('HOT', 10, 'PROMOTED', '01a23069-4109-7598-a98a-0f9cad31f249', 1, -1, 1, 0, 0, '2026-12-01 07:02:14.060169+00', NULL, 'key:shop-window', 'emil'),
	('HOT', 11, 'RESTOCKED', NULL, 2, 2, 0, 0, 2, '2026-12-01 07:02:14.068458+00', 'found behind the shelf', 'key:warehouse', NULL),
	('HOT', 12, 'RESERVED', '01a23069-413a-7053-9d95-2da38693c747', 2, -2, 2, 0, 0, '2026-12-01 07:02:14.074996+00', NULL, 'key:shop-window', 'gita'),
	('HOT', 13, 'WAITLISTED', '01a23069-4140-7593-83a4-42fe95093c6b', 3, 0, 0, 0, 0, '2026-12-01 07:02:14.081143+00', NULL, 'key:shop-window', 'hugo'),
	('HOT', 14, 'WAITLISTED', '01a23069-4146-77fc-b3e4-26f4be6247b7', 1, 0, 0, 0, 0, '2026-12-01 07:02:14.086783+00', NULL, 'key:shop-window', 'ines'),
	('HOT', 15, 'RESTOCKED', NULL, 1, 1, 0, 0, 1, '2026-12-01 07:02:14.093423+00', NULL, 'key:warehouse', NULL),
	('STUCK', 1, 'INITIALIZED', NULL, 4, 4, 0, 0, 4, '2026-12-01 07:02:14.100255+00', NULL, 'key:warehouse', NULL),
	('STUCK', 2, 'RESERVED', '01a23069-4157-72d9-ae43-731b328b68be', 3, -3, 3, 0, 0, '2026-12-01 07:02:14.103731+00', NULL, 'key:shop-window', 'kurt'),
	('STUCK', 3, 'WAITLISTED', '01a23069-415c-776f-abe7-fee21cdfb1b1', 4, 0, 0, 0, 0, '2026-12-01 07:02:14.108624+00', NULL, 'key:shop-window', 'lena'),
	('STUCK', 4, 'WAITLISTED', '01a23069-4161-77b1-b228-fc7f363dd11b', 1, 0, 0, 0, 0, '2026-12-01 07:02:14.114415+00', NULL, 'key:shop-window', 'mila'),
	('STUCK', 5, 'CONFIRMED', '01a23069-4157-72d9-ae43-731b328b68be', 3, 0, -3, 3, 0, '2026-12-01 07:02:14.121769+00', NULL, 'key:shop-window', 'kurt'),
	('WARM', 27, 'EXPIRED', '01a23069-4066-77f0-88aa-a00b5cbd3500', 1, 1, -1, 0, 0, '2026-12-01 07:02:17.002843+00', NULL, 'expiry', 'dora'),
	('OLD', 7, 'EXPIRED', '01a23069-393a-733c-94f9-39504070b7b0', 1, 1, -1, 0, 0, '2026-12-01 07:02:17.229467+00', NULL, 'expiry', 'cleo');
INSERT INTO reservations (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('WARM', '01a23069-3fd7-776b-928a-4546d8235489', 'dora', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:02:13.728257+00', '2026-12-01 07:02:13.747291+00', '2026-12-01 07:02:18.728257+00', 1, 'full', 'no abandoned holds'),
	('WARM', '01a23069-3ffc-734b-b5fc-e1a33db6452e', 'dora', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:02:13.757142+00', '2026-12-01 07:02:13.763189+00', '2026-12-01 07:02:18.757142+00', 0.8571428585253064, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23069-400b-7167-af5e-398b29b53c9c', 'dora', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:02:13.772085+00', '2026-12-01 07:02:13.779209+00', '2026-12-01 07:02:18.772085+00', 0.7500000036198116, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23069-401a-7612-b0c3-d5fc3f85dc47', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:02:13.787526+00', '2026-12-01 07:02:13.793117+00', '2026-12-01 07:02:16.787526+00', 0.666666672854547, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23069-4027-719a-87b1-6822bec60924', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:02:13.799446+00', '2026-12-01 07:02:13.804473+00', '2026-12-01 07:02:16.799446+00', 0.6000000079064162, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23069-4032-73c6-bf05-3e1ab6e35500', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:02:13.811015+00', '2026-12-01 07:02:13.816496+00', '2026-12-01 07:02:16.811015+00', 0.5454545549904338, 'reduced', 'abandoned holds weigh 2.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23069-403e-763a-b04c-3a9fe8bd0df2', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:02:13.822887+00', '2026-12-01 07:02:13.82811+00', '2026-12-01 07:02:16.822887+00', 0.5000000111526154, 'reduced', 'abandoned holds weigh 3.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23069-404a-760c-93dd-cad69e139292', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:02:13.834618+00', '2026-12-01 07:02:13.840761+00', '2026-12-01 07:02:16.834618+00', 0.4615384741700304, 'reduced', 'abandoned holds weigh 3.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23069-4057-7095-ab78-e35d3871c001', 'dora', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:02:13.847734+00', '2026-12-01 07:02:13.854709+00', '2026-12-01 07:02:16.847734+00', 0.42857144292870536, 'reduced', 'abandoned holds weigh 4.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a23069-406c-753a-8304-7dd846fb1e43', 'bert', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:02:13.868768+00', '2026-12-01 07:02:13.874674+00', '2026-12-01 07:02:18.868768+00', 0.8571431133216793, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23069-4079-749c-a75f-c81d59362ae7', 'bert', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:02:13.882483+00', '2026-12-01 07:02:13.88997+00', '2026-12-01 07:02:18.882483+00', 0.750000198449541, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a23069-4089-7753-8192-9d2a3cb42fd8', 'bert', 1, 'CANCELLED', NULL, 3, '2026-12-01 07:02:13.89798+00', '2026-12-01 07:02:13.90512+00', '2026-12-01 07:02:16.89798+00', 0.6666668267775259, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('HOT', '01a23069-40f1-7630-8604-630dacafab7f', 'anna', 1, 'CONFIRMED', NULL, 86400, '2026-12-01 07:02:14.002564+00', '2026-12-01 07:02:14.010834+00', '2026-12-02 07:02:14.002564+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23069-4100-76c2-9a5e-f1c50f970022', 'bert', 1, 'RESERVED', NULL, 51840, '2026-12-01 07:02:14.016734+00', '2026-12-01 07:02:14.016734+00', '2026-12-01 21:26:14.016734+00', 0.6000001618630952, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('HOT', '01a23069-4111-72fc-884c-d690802eddee', 'fred', 1, 'CANCELLED', 2, NULL, '2026-12-01 07:02:14.033485+00', '2026-12-01 07:02:14.049257+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a23069-4105-75c5-81fe-f270c4102e01', 'cleo', 1, 'CANCELLED', NULL, 86400, '2026-12-01 07:02:14.021757+00', '2026-12-01 07:02:14.060169+00', '2026-12-02 07:02:14.021757+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23069-4109-7598-a98a-0f9cad31f249', 'emil', 1, 'RESERVED', 1, 172800, '2026-12-01 07:02:14.026442+00', '2026-12-01 07:02:14.060169+00', '2026-12-03 07:02:14.060169+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23069-413a-7053-9d95-2da38693c747', 'gita', 2, 'RESERVED', NULL, 86400, '2026-12-01 07:02:14.074996+00', '2026-12-01 07:02:14.074996+00', '2026-12-02 07:02:14.074996+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a23069-4140-7593-83a4-42fe95093c6b', 'hugo', 3, 'WAITLISTED', 3, NULL, '2026-12-01 07:02:14.081143+00', '2026-12-01 07:02:14.081143+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a23069-4146-77fc-b3e4-26f4be6247b7', 'ines', 1, 'WAITLISTED', 4, NULL, '2026-12-01 07:02:14.086783+00', '2026-12-01 07:02:14.086783+00', NULL, 1, 'full', 'no abandoned holds'),
	('STUCK', '01a23069-415c-776f-abe7-fee21cdfb1b1', 'lena', 4, 'WAITLISTED', 1, NULL, '2026-12-01 07:02:14.108624+00', '2026-12-01 07:02:14.108624+00', NULL, 1, 'full', 'no abandoned holds'),
	('STUCK', '01a23069-4161-77b1-b228-fc7f363dd11b', 'mila', 1, 'WAITLISTED', 2, NULL, '2026-12-01 07:02:14.114415+00', '2026-12-01 07:02:14.114415+00', NULL, 1, 'full', 'no abandoned holds'),
	('STUCK', '01a23069-4157-72d9-ae43-731b328b68be', 'kurt', 3, 'CONFIRMED', NULL, 300, '2026-12-01 07:02:14.103731+00', '2026-12-01 07:02:14.121769+00', '2026-12-01 07:07:14.103731+00', 1, 'full', 'no abandoned holds'),
	('WARM', '01a23069-4066-77f0-88aa-a00b5cbd3500', 'dora', 1, 'EXPIRED', NULL, 3, '2026-12-01 07:02:13.863037+00', '2026-12-01 07:02:17.002843+00', '2026-12-01 07:02:16.863037+00', 0.4000000165028319, 'reduced', 'abandoned holds weigh 4.5, confirmed ones 0.0: 60 % of the hold time');
INSERT INTO reservations_history (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('OLD', '01a23069-3921-761e-84b8-96ef64fcb7ff', 'anna', 1, 'CONFIRMED', NULL, 5, '2026-12-01 07:02:12.010659+00', '2026-12-01 07:02:12.03367+00', '2026-12-01 07:02:17.010659+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a23069-3935-7750-9cc8-6b1b2810e6ee', 'bert', 1, 'CANCELLED', NULL, 5, '2026-12-01 07:02:12.022011+00', '2026-12-01 07:02:12.043298+00', '2026-12-01 07:02:17.022011+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a23069-393a-733c-94f9-39504070b7b0', 'cleo', 1, 'EXPIRED', NULL, 5, '2026-12-01 07:02:12.027315+00', '2026-12-01 07:02:17.229467+00', '2026-12-01 07:02:17.027315+00', 1, 'full', 'no abandoned holds');
INSERT INTO skus (sku, initial_quantity, initial_hold_ttl_seconds, total_quantity, available_quantity, reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit, last_sequence, hold_ttl_seconds, version, created_at, updated_at) VALUES
	('HOT', 3, 86400, 6, 1, 4, 1, 2, 4, NULL, 4, 86400, 15, '2026-12-01 07:02:13.997191+00', '2026-12-01 07:02:14.093423+00'),
	('STUCK', 4, NULL, 4, 1, 0, 3, 2, 5, NULL, 2, 300, 5, '2026-12-01 07:02:14.100255+00', '2026-12-01 07:02:14.121769+00'),
	('WARM', 6, 5, 6, 6, 0, 0, 0, 0, NULL, 0, 5, 27, '2026-12-01 07:02:13.715316+00', '2026-12-01 07:02:17.002843+00'),
	('OLD', 3, 5, 3, 2, 0, 1, 0, 0, 1, 0, 5, 7, '2026-12-01 07:02:11.997317+00', '2026-12-01 07:02:17.229467+00');
INSERT INTO user_behavior (sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight, abandoned_weight, weighted_at) VALUES
	('OLD', 'anna', 1, 0, 0, 1, 0, '2026-12-01 07:02:12.03367+00'),
	('OLD', 'bert', 0, 1, 0, 0, 0.5, '2026-12-01 07:02:12.043298+00'),
	('WARM', 'bert', 0, 3, 0, 0, 1.499999973871744, '2026-12-01 07:02:13.90512+00'),
	('HOT', 'anna', 1, 0, 0, 1, 0, '2026-12-01 07:02:14.010834+00'),
	('HOT', 'cleo', 0, 1, 0, 0, 0.5, '2026-12-01 07:02:14.060169+00'),
	('STUCK', 'kurt', 1, 0, 0, 1, 0, '2026-12-01 07:02:14.121769+00'),
	('WARM', 'dora', 0, 9, 1, 0, 5.499983497539095, '2026-12-01 07:02:17.002843+00'),
	('OLD', 'cleo', 0, 0, 1, 0, 1, '2026-12-01 07:02:17.229467+00');
INSERT INTO waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at) VALUES
	('HOT', 3, '01a23069-4140-7593-83a4-42fe95093c6b', 'hugo', 3, '2026-12-01 07:02:14.081143+00'),
	('HOT', 4, '01a23069-4146-77fc-b3e4-26f4be6247b7', 'ines', 1, '2026-12-01 07:02:14.086783+00'),
	('STUCK', 1, '01a23069-415c-776f-abe7-fee21cdfb1b1', 'lena', 4, '2026-12-01 07:02:14.108624+00'),
	('STUCK', 2, '01a23069-4161-77b1-b228-fc7f363dd11b', 'mila', 1, '2026-12-01 07:02:14.114415+00');
INSERT INTO waitlist_parts (sku, span, part, waiting) VALUES
	('HOT', 64, 0, 2),
	('HOT', 4096, 0, 2),
	('STUCK', 64, 0, 2),
	('STUCK', 4096, 0, 2);
