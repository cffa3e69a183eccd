-- Rows as Fairhold had them before migration 4: of each table, each status, each kind and each tier. Those
-- of sample_0003.sql, since migration 3 touched no table.
-- What a real service wrote, dumped by pg_dump --data-only --column-inserts --load-via-partition-root.

SELECT provide_history('2026-11-22 14:04:15+00');

INSERT INTO idempotency_keys (sku, endpoint, idempotency_key, request, outcome, reservation_id, created_at) VALUES
	('HOT', 'reserve', 'key-anna', '{"user_id": "anna", "quantity": 1}', '{"place": null, "answer": "reserve", "standing": "held", "reservation": {"sku": "HOT", "hold": {"expires_at": "2026-11-23T14:04:23.963107Z", "ttl_seconds": 86400}, "status": "RESERVED", "user_id": "anna", "fairness": {"tier": "full", "score": 1.0, "reason": "no abandoned holds"}, "quantity": 1, "sequence": null, "created_at": "2026-11-22T14:04:23.963107Z", "updated_at": "2026-11-22T14:04:23.963107Z", "reservation_id": "01a20392-861a-73cd-afa9-0aa0e7e80456"}}', '01a20392-861a-73cd-afa9-0aa0e7e80456', '2026-11-22 14:04:23.963107+00'),
	('HOT', 'restock', 'key-more', '{"reason": "found behind the shelf", "quantity": 2}', '{"answer": "restock", "promoted": 0, "inventory": {"sku": "HOT", "version": 11, "created_at": "2026-11-22T14:04:23.955238Z", "updated_at": "2026-11-22T14:04:24.044277Z", "last_sequence": 2, "sold_quantity": 1, "waitlist_size": 0, "total_quantity": 5, "waitlist_limit": null, "hold_ttl_seconds": 86400, "reserved_quantity": 2, "waitlist_quantity": 0, "available_quantity": 2}}', NULL, '2026-11-22 14:04:24.044277+00');
INSERT INTO ledger (sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta, sold_delta, total_delta, recorded_at, reason) VALUES
	('OLD', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-11-22 14:04:15.786699+00', NULL),
	('OLD', 2, 'RESERVED', '01a20392-6635-751a-b733-b6f50757afc3', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.802903+00', NULL),
	('OLD', 3, 'RESERVED', '01a20392-664b-71b3-8007-da488b0fc3f1', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.820285+00', NULL),
	('OLD', 4, 'RESERVED', '01a20392-665e-77c0-b364-5d3a0c5c3141', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.839194+00', NULL),
	('OLD', 5, 'CONFIRMED', '01a20392-6635-751a-b733-b6f50757afc3', 1, 0, -1, 1, 0, '2026-11-22 14:04:15.851584+00', NULL),
	('OLD', 6, 'CANCELLED', '01a20392-664b-71b3-8007-da488b0fc3f1', 1, 1, -1, 0, 0, '2026-11-22 14:04:15.863915+00', NULL),
	('WARM', 1, 'INITIALIZED', NULL, 6, 6, 0, 0, 6, '2026-11-22 14:04:15.881455+00', NULL),
	('WARM', 2, 'RESERVED', '01a20392-6693-76e8-a32f-a4b95b684a8d', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.896089+00', NULL),
	('WARM', 3, 'CANCELLED', '01a20392-6693-76e8-a32f-a4b95b684a8d', 1, 1, -1, 0, 0, '2026-11-22 14:04:15.911071+00', NULL),
	('WARM', 4, 'RESERVED', '01a20392-66b3-7323-9186-92023e6b4742', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.923791+00', NULL),
	('WARM', 5, 'CANCELLED', '01a20392-66b3-7323-9186-92023e6b4742', 1, 1, -1, 0, 0, '2026-11-22 14:04:15.935405+00', NULL),
	('WARM', 6, 'RESERVED', '01a20392-66ca-7375-9498-381c4c5fd295', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.947147+00', NULL),
	('WARM', 7, 'CANCELLED', '01a20392-66ca-7375-9498-381c4c5fd295', 1, 1, -1, 0, 0, '2026-11-22 14:04:15.958609+00', NULL),
	('WARM', 8, 'RESERVED', '01a20392-66e1-707b-80c6-17809555b92e', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.970362+00', NULL),
	('WARM', 9, 'CANCELLED', '01a20392-66e1-707b-80c6-17809555b92e', 1, 1, -1, 0, 0, '2026-11-22 14:04:15.981855+00', NULL),
	('WARM', 10, 'RESERVED', '01a20392-66f8-7526-b84f-61261439446a', 1, -1, 1, 0, 0, '2026-11-22 14:04:15.99323+00', NULL),
	('WARM', 11, 'CANCELLED', '01a20392-66f8-7526-b84f-61261439446a', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.004854+00', NULL),
	('WARM', 12, 'RESERVED', '01a20392-670f-76e2-a959-636f83a9c5eb', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.016403+00', NULL),
	('WARM', 13, 'CANCELLED', '01a20392-670f-76e2-a959-636f83a9c5eb', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.028031+00', NULL),
	('WARM', 14, 'RESERVED', '01a20392-6726-7406-9535-ccd201ce1d62', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.039535+00', NULL),
	('WARM', 15, 'CANCELLED', '01a20392-6726-7406-9535-ccd201ce1d62', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.051387+00', NULL),
	('WARM', 16, 'RESERVED', '01a20392-673e-77f4-b127-e614f0a356e1', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.062981+00', NULL),
	('WARM', 17, 'CANCELLED', '01a20392-673e-77f4-b127-e614f0a356e1', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.07536+00', NULL),
	('WARM', 18, 'RESERVED', '01a20392-675c-7324-9710-dfcac54eed39', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.093083+00', NULL),
	('WARM', 19, 'CANCELLED', '01a20392-675c-7324-9710-dfcac54eed39', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.10444+00', NULL),
	('WARM', 20, 'RESERVED', '01a20392-6773-77e8-9faf-dedaadf79e87', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.115914+00', NULL),
	('WARM', 21, 'CANCELLED', '01a20392-6773-77e8-9faf-dedaadf79e87', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.127774+00', NULL),
	('WARM', 22, 'RESERVED', '01a20392-678a-7171-ba6b-3f54f148bb6f', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.139131+00', NULL),
	('WARM', 23, 'CANCELLED', '01a20392-678a-7171-ba6b-3f54f148bb6f', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.150523+00', NULL),
	('WARM', 24, 'RESERVED', '01a20392-67a1-741f-a469-f05a7b416582', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.161894+00', NULL),
	('WARM', 25, 'CANCELLED', '01a20392-67a1-741f-a469-f05a7b416582', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.174105+00', NULL),
	('WARM', 26, 'RESERVED', '01a20392-67b9-73b4-aac7-ff8d185014e6', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.185782+00', NULL),
	('WARM', 27, 'CANCELLED', '01a20392-67b9-73b4-aac7-ff8d185014e6', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.198934+00', NULL),
	('WARM', 28, 'RESERVED', '01a20392-67d1-722c-ac55-676513d89834', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.210612+00', NULL),
	('WARM', 29, 'CANCELLED', '01a20392-67d1-722c-ac55-676513d89834', 1, 1, -1, 0, 0, '2026-11-22 14:04:16.222647+00', NULL),
	('WARM', 30, 'RESERVED', '01a20392-67e9-755b-a707-89f828cb2a71', 1, -1, 1, 0, 0, '2026-11-22 14:04:16.234289+00', NULL),
	('WARM', 31, 'EXPIRED', '01a20392-67e9-755b-a707-89f828cb2a71', 1, 1, -1, 0, 0, '2026-11-22 14:04:17.415238+00', NULL),
	('OLD', 7, 'EXPIRED', '01a20392-665e-77c0-b364-5d3a0c5c3141', 1, 1, -1, 0, 0, '2026-11-22 14:04:21.045658+00', NULL),
	('HOT', 1, 'INITIALIZED', NULL, 3, 3, 0, 0, 3, '2026-11-22 14:04:23.955238+00', NULL),
	('HOT', 2, 'RESERVED', '01a20392-861a-73cd-afa9-0aa0e7e80456', 1, -1, 1, 0, 0, '2026-11-22 14:04:23.963107+00', NULL),
	('HOT', 3, 'CONFIRMED', '01a20392-861a-73cd-afa9-0aa0e7e80456', 1, 0, -1, 1, 0, '2026-11-22 14:04:23.976223+00', NULL),
	('HOT', 4, 'RESERVED', '01a20392-8631-77ee-bcbf-2a0aaa5da9d3', 1, -1, 1, 0, 0, '2026-11-22 14:04:23.985512+00', NULL),
	('HOT', 5, 'RESERVED', '01a20392-863b-73da-8c9b-69ce878b8e50', 1, -1, 1, 0, 0, '2026-11-22 14:04:23.99616+00', NULL),
	('HOT', 6, 'WAITLISTED', '01a20392-8645-77a3-894e-332ca0a66212', 1, 0, 0, 0, 0, '2026-11-22 14:04:24.00622+00', NULL),
	('HOT', 7, 'WAITLISTED', '01a20392-864f-76dd-997a-0d9dfa7c8b89', 1, 0, 0, 0, 0, '2026-11-22 14:04:24.016273+00', NULL),
	('HOT', 8, 'CANCELLED', '01a20392-864f-76dd-997a-0d9dfa7c8b89', 1, 0, 0, 0, 0, '2026-11-22 14:04:24.027068+00', NULL),
	('HOT', 9, 'CANCELLED', '01a20392-863b-73da-8c9b-69ce878b8e50', 1, 1, -1, 0, 0, '2026-11-22 14:04:24.036294+00', NULL),
	('HOT', 10, 'PROMOTED', '01a20392-8645-77a3-894e-332ca0a66212', 1, -1, 1, 0, 0, '2026-11-22 14:04:24.036294+00', NULL),
	('HOT', 11, 'RESTOCKED', NULL, 2, 2, 0, 0, 2, '2026-11-22 14:04:24.044277+00', 'found behind the shelf'),
	('HOT', 12, 'RESERVED', '01a20392-8673-747a-8ddc-019dfd85c6c4', 2, -2, 2, 0, 0, '2026-11-22 14:04:24.051753+00', NULL),
	('HOT', 13, 'WAITLISTED', '01a20392-867b-7088-89dd-245b2b4bc798', 3, 0, 0, 0, 0, '2026-11-22 14:04:24.059551+00', NULL),
	('HOT', 14, 'WAITLISTED', '01a20392-8683-7705-8cdb-e22565cb100c', 1, 0, 0, 0, 0, '2026-11-22 14:04:24.06786+00', NULL),
	('HOT', 15, 'RESTOCKED', NULL, 1, 1, 0, 0, 1, '2026-11-22 14:04:24.075588+00', NULL);
INSERT INTO reservations (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('WARM', '01a20392-6693-76e8-a32f-a4b95b684a8d', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 14:04:15.896089+00', '2026-11-22 14:04:15.911071+00', '2026-11-22 14:04:20.896089+00', 0.857142861658025, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20392-66b3-7323-9186-92023e6b4742', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 14:04:15.923791+00', '2026-11-22 14:04:15.935405+00', '2026-11-22 14:04:20.923791+00', 0.7500000078000545, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20392-66ca-7375-9498-381c4c5fd295', 'bert', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:15.947147+00', '2026-11-22 14:04:15.958609+00', '2026-11-22 14:04:18.947147+00', 0.6666666777920998, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-66e1-707b-80c6-17809555b92e', 'dora', 1, 'CANCELLED', NULL, 5, '2026-11-22 14:04:15.970362+00', '2026-11-22 14:04:15.981855+00', '2026-11-22 14:04:20.970362+00', 1, 'full', 'no abandoned holds'),
	('WARM', '01a20392-66f8-7526-b84f-61261439446a', 'dora', 1, 'CANCELLED', NULL, 5, '2026-11-22 14:04:15.99323+00', '2026-11-22 14:04:16.004854+00', '2026-11-22 14:04:20.99323+00', 0.8571428587391783, 'full', 'abandoned holds weigh 0.5, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20392-670f-76e2-a959-636f83a9c5eb', 'dora', 1, 'CANCELLED', NULL, 5, '2026-11-22 14:04:16.016403+00', '2026-11-22 14:04:16.028031+00', '2026-11-22 14:04:21.016403+00', 0.7500000049528778, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('WARM', '01a20392-6726-7406-9535-ccd201ce1d62', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:16.039535+00', '2026-11-22 14:04:16.051387+00', '2026-11-22 14:04:19.039535+00', 0.6666666754842411, 'reduced', 'abandoned holds weigh 1.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-673e-77f4-b127-e614f0a356e1', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:16.062981+00', '2026-11-22 14:04:16.07536+00', '2026-11-22 14:04:19.062981+00', 0.6000000127762565, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-675c-7324-9710-dfcac54eed39', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:16.093083+00', '2026-11-22 14:04:16.10444+00', '2026-11-22 14:04:19.093083+00', 0.5454545638634541, 'reduced', 'abandoned holds weigh 2.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-6773-77e8-9faf-dedaadf79e87', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:16.115914+00', '2026-11-22 14:04:16.127774+00', '2026-11-22 14:04:19.115914+00', 0.500000021467783, 'reduced', 'abandoned holds weigh 3.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-678a-7171-ba6b-3f54f148bb6f', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:16.139131+00', '2026-11-22 14:04:16.150523+00', '2026-11-22 14:04:19.139131+00', 0.46153848596071806, 'reduced', 'abandoned holds weigh 3.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-67a1-741f-a469-f05a7b416582', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:16.161894+00', '2026-11-22 14:04:16.174105+00', '2026-11-22 14:04:19.161894+00', 0.428571455618651, 'reduced', 'abandoned holds weigh 4.0, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-67b9-73b4-aac7-ff8d185014e6', 'dora', 1, 'CANCELLED', NULL, 3, '2026-11-22 14:04:16.185782+00', '2026-11-22 14:04:16.198934+00', '2026-11-22 14:04:19.185782+00', 0.40000002975853804, 'reduced', 'abandoned holds weigh 4.5, confirmed ones 0.0: 60 % of the hold time'),
	('WARM', '01a20392-67d1-722c-ac55-676513d89834', 'dora', 1, 'CANCELLED', NULL, 1, '2026-11-22 14:04:16.210612+00', '2026-11-22 14:04:16.222647+00', '2026-11-22 14:04:17.210612+00', 0.375000032471316, 'minimal', 'abandoned holds weigh 5.0, confirmed ones 0.0: 20 % of the hold time'),
	('WARM', '01a20392-67e9-755b-a707-89f828cb2a71', 'dora', 1, 'EXPIRED', NULL, 1, '2026-11-22 14:04:16.234289+00', '2026-11-22 14:04:17.415238+00', '2026-11-22 14:04:17.234289+00', 0.3529412111448171, 'minimal', 'abandoned holds weigh 5.5, confirmed ones 0.0: 20 % of the hold time'),
	('HOT', '01a20392-861a-73cd-afa9-0aa0e7e80456', 'anna', 1, 'CONFIRMED', NULL, 86400, '2026-11-22 14:04:23.963107+00', '2026-11-22 14:04:23.976223+00', '2026-11-23 14:04:23.963107+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a20392-8631-77ee-bcbf-2a0aaa5da9d3', 'bert', 1, 'RESERVED', NULL, 51840, '2026-11-22 14:04:23.985512+00', '2026-11-22 14:04:23.985512+00', '2026-11-23 04:28:23.985512+00', 0.6000022192412243, 'reduced', 'abandoned holds weigh 2.0, confirmed ones 0.0: 60 % of the hold time'),
	('HOT', '01a20392-864f-76dd-997a-0d9dfa7c8b89', 'fred', 1, 'CANCELLED', 2, NULL, '2026-11-22 14:04:24.016273+00', '2026-11-22 14:04:24.027068+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a20392-863b-73da-8c9b-69ce878b8e50', 'cleo', 1, 'CANCELLED', NULL, 86400, '2026-11-22 14:04:23.99616+00', '2026-11-22 14:04:24.036294+00', '2026-11-23 14:04:23.99616+00', 0.7500006340310063, 'full', 'abandoned holds weigh 1.0, confirmed ones 0.0: 100 % of the hold time'),
	('HOT', '01a20392-8645-77a3-894e-332ca0a66212', 'emil', 1, 'RESERVED', 1, 172800, '2026-11-22 14:04:24.00622+00', '2026-11-22 14:04:24.036294+00', '2026-11-24 14:04:24.036294+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a20392-8673-747a-8ddc-019dfd85c6c4', 'gita', 2, 'RESERVED', NULL, 86400, '2026-11-22 14:04:24.051753+00', '2026-11-22 14:04:24.051753+00', '2026-11-23 14:04:24.051753+00', 1, 'full', 'no abandoned holds'),
	('HOT', '01a20392-867b-7088-89dd-245b2b4bc798', 'hugo', 3, 'WAITLISTED', 3, NULL, '2026-11-22 14:04:24.059551+00', '2026-11-22 14:04:24.059551+00', NULL, 1, 'full', 'no abandoned holds'),
	('HOT', '01a20392-8683-7705-8cdb-e22565cb100c', 'ines', 1, 'WAITLISTED', 4, NULL, '2026-11-22 14:04:24.06786+00', '2026-11-22 14:04:24.06786+00', NULL, 1, 'full', 'no abandoned holds');
INSERT INTO reservations_history (sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score, fairness_tier, fairness_reason) VALUES
	('OLD', '01a20392-6635-751a-b733-b6f50757afc3', 'anna', 1, 'CONFIRMED', NULL, 5, '2026-11-22 14:04:15.802903+00', '2026-11-22 14:04:15.851584+00', '2026-11-22 14:04:20.802903+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a20392-664b-71b3-8007-da488b0fc3f1', 'bert', 1, 'CANCELLED', NULL, 5, '2026-11-22 14:04:15.820285+00', '2026-11-22 14:04:15.863915+00', '2026-11-22 14:04:20.820285+00', 1, 'full', 'no abandoned holds'),
	('OLD', '01a20392-665e-77c0-b364-5d3a0c5c3141', 'cleo', 1, 'EXPIRED', NULL, 5, '2026-11-22 14:04:15.839194+00', '2026-11-22 14:04:21.045658+00', '2026-11-22 14:04:20.839194+00', 1, 'full', 'no abandoned holds');
INSERT INTO skus (sku, initial_quantity, initial_hold_ttl_seconds, total_quantity, available_quantity, reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity, waitlist_limit, last_sequence, hold_ttl_seconds, version, created_at, updated_at) VALUES
	('WARM', 6, 5, 6, 6, 0, 0, 0, 0, NULL, 0, 5, 31, '2026-11-22 14:04:15.881455+00', '2026-11-22 14:04:17.415238+00'),
	('OLD', 3, 5, 3, 2, 0, 1, 0, 0, 1, 0, 5, 7, '2026-11-22 14:04:15.786699+00', '2026-11-22 14:04:21.045658+00'),
	('HOT', 3, 86400, 6, 1, 4, 1, 2, 4, NULL, 4, 86400, 15, '2026-11-22 14:04:23.955238+00', '2026-11-22 14:04:24.075588+00');
INSERT INTO user_behavior (sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight, abandoned_weight, weighted_at) VALUES
	('OLD', 'anna', 1, 0, 0, 1, 0, '2026-11-22 14:04:15.851584+00'),
	('OLD', 'bert', 0, 1, 0, 0, 0.5, '2026-11-22 14:04:15.863915+00'),
	('WARM', 'bert', 0, 3, 0, 0, 1.4999999594621225, '2026-11-22 14:04:15.958609+00'),
	('WARM', 'dora', 0, 11, 1, 0, 6.499991720915589, '2026-11-22 14:04:17.415238+00'),
	('OLD', 'cleo', 0, 0, 1, 0, 1, '2026-11-22 14:04:21.045658+00'),
	('HOT', 'anna', 1, 0, 0, 1, 0, '2026-11-22 14:04:23.976223+00'),
	('HOT', 'cleo', 0, 1, 0, 0, 0.5, '2026-11-22 14:04:24.036294+00');
INSERT INTO waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at) VALUES
	('HOT', 3, '01a20392-867b-7088-89dd-245b2b4bc798', 'hugo', 3, '2026-11-22 14:04:24.059551+00'),
	('HOT', 4, '01a20392-8683-7705-8cdb-e22565cb100c', 'ines', 1, '2026-11-22 14:04:24.06786+00');
INSERT INTO waitlist_parts (sku, span, part, waiting) VALUES
	('HOT', 64, 0, 2),
	('HOT', 4096, 0, 2);
