//! Audits during a sale: clean each time, without blocking anyone.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Fairhold, PostgresHost, Shop, command::audit};
use futures_util::future::join;

use crate::sale::{SKU, Sale, assert_audited};

/// Locks of an audit that are more than a reader takes, or that it waits for.
const MORE_THAN_READS: &str = "
    select format('%s %s', l.mode, l.relation::regclass)
    from pg_locks as l
    join pg_stat_activity as a using (pid)
    where a.query like '%audit_discrepancies%'
        and a.pid <> pg_backend_pid()
        and l.locktype in ('relation', 'tuple', 'transactionid')
        and (l.mode <> 'AccessShareLock' or not l.granted)";

const AUDITING: &str = "
    select count(*) from pg_stat_activity
    where query like '%audit_discrepancies%' and state = 'active' and pid <> pg_backend_pid()";

#[tokio::test]
async fn audits_during_a_sale_are_clean_and_block_nobody() {
    let Some(site) = PostgresHost::having(&["pg_ctl"]).await else {
        return;
    };
    let cluster = site.cluster("primary", "").await;
    let url = cluster.url("postgres");
    let server = Fairhold::start(&url, &[]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 200).await;
    let (sale, books) = (Sale::default(), cluster.books().await);
    let mut seen = 0;
    let audits = async {
        sale.goes_on_for(200).await;
        for _ in 0..4 {
            let before = sale.answers();
            let watch = async {
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_millis(500) {
                    seen += books.number(AUDITING).await;
                    let locks = books.texts(MORE_THAN_READS).await;
                    assert_eq!(locks, Vec::<String>::new());
                }
            };
            let (report, ()) = join(audit(&url), watch).await;
            assert_eq!(report.code, Some(0), "{report:?}");
            assert!(sale.answers() > before, "the sale stopped");
        }
        sale.end();
    };
    join(sale.run(&shop, "sale"), audits).await;
    assert!(seen > 0, "no audit was seen");
    sale.assert_kept(&books, sale.answers()).await;
    assert_audited(&url, &books).await;
}
