//! An export of a real workspace: read back by the import, and harmless in a spreadsheet.

use std::sync::Arc;

use mercator_domain::work_order::{NewWorkOrder, WorkKind};
use mercator_providers::secrets::Memory;

use super::*;
use crate::{OpenApp, clock::FixedClock, views::ImportKind};

async fn workspace() -> (tempfile::TempDir, Arc<App>) {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenApp {
        workspace: Some(folder.path().join("shop").display().to_string()),
        clock: Some(Arc::new(FixedClock::at(Moment(1_780_000_000_000)))),
        secrets: Some(Arc::new(Memory::default())),
        ..OpenApp::default()
    };
    let app = App::open(options).await.unwrap();
    (folder, app)
}

#[test]
fn no_cell_is_run_as_a_formula() {
    let check = |cell: &str, expect: &str| assert_eq!(plain(cell), expect);
    check("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")");
    check("@SUM(A1)", "'@SUM(A1)");
    check("-1+cmd", "'-1+cmd");
    check("-12.50", "-12.50");
    check("+4930123", "+4930123");
    check("plain", "plain");
}

#[tokio::test]
async fn everything_is_written_and_can_be_taken_in_elsewhere() {
    let (folder, app) = workspace().await;
    let orders = "customer_id,order_id,ordered_at,total,currency,email,name,sku,quantity,unit_price,item_title,tracking_number,shipped_at,delivered_at\n\
        c1,1001,2026-05-13,40.00,EUR,ana@mail.example,Ana,L-1,2,15.00,\"Lamp, \"\"red\"\"\",JD1,2026-05-14,\nc1,1001,2026-05-13,40.00,EUR,,,T-1,1,10.00,=Plug,JD2,2026-05-15,2026-05-20\n\
        c2,1002,2026-05-13,980,JPY,,Ben,,,,,,,\n";
    let articles = "title,body,country,valid_to\nDuty,\"One.\n\nTwo.\",DE,2026-12-31\n";
    let products = "sku,title,price,currency,ships_to\nL-1,Lamp,15.00,EUR,DE;AT\n";
    for (kind, text) in [(ImportKind::Orders, orders), (ImportKind::Articles, articles), (ImportKind::Products, products)] {
        assert_eq!(app.import_bytes(kind, "a.csv", text.as_bytes(), false).await.unwrap().rejected, 0);
    }
    let mail = "From: Ana <ana@mail.example>\r\nMessage-ID: <1@x>\r\nSubject: Lamp\r\n\r\nIt is broken\r\n";
    app.import_bytes(ImportKind::Mail, "a.eml", mail.as_bytes(), false).await.unwrap();
    let conversation = app.store.conversation_page(&ListFilter { limit: 1, ..ListFilter::default() }).await.unwrap().1[0].id;
    let work = NewWorkOrder { kind: WorkKind::Refund, details: "=EUR 15".into(), order_number: Some("1001".into()) };
    app.add_work_order(conversation, &work).await.unwrap();
    let cases =
        "case_id,kind,opened_at,answer_by,order_id,reason,amount,currency\nA-77,INR,2026-05-20,2026-06-01,1001,=never came,40,EUR\n";
    assert_eq!(app.import_bytes(ImportKind::Cases, "cases.csv", cases.as_bytes(), false).await.unwrap().imported, 1);
    let out = folder.path().join("out");
    let files = app.export_all(&out).await.unwrap();
    assert!(files.iter().all(|name| out.join(name).is_file()) && files.len() == 29, "{files:?}");
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert!(read("conversations.jsonl").contains("It is broken") && read("messages.csv").contains("It is broken"));
    assert!(read("orders.csv").contains("'=Plug"));
    assert!(read("work_orders.csv").contains(",refund,open,1001,'=EUR 15,"), "{}", read("work_orders.csv"));
    assert!(read("work_orders.jsonl").contains(r#""state":"open""#));
    assert!(
        files
            .iter()
            .filter(|n| n.ends_with(".jsonl"))
            .all(|n| read(n).lines().all(|l| serde_json::from_str::<serde_json::Value>(l).is_ok()))
    );

    let (_other, second) = workspace().await;
    for (kind, name, rows) in [
        (ImportKind::Customers, "customers.csv", 2),
        (ImportKind::Orders, "orders.csv", 3),
        (ImportKind::Articles, "articles.csv", 1),
        (ImportKind::Products, "products.csv", 1),
        (ImportKind::Cases, "platform_cases.csv", 1),
    ] {
        let report = second.import_file(kind, &out.join(name).display().to_string(), false).await.unwrap();
        assert_eq!((report.imported + report.unchanged, report.rejected), (rows, 0), "{name} {report:?}");
    }
    let [before, after] =
        [app.store.order_by_number("1001").await.unwrap().unwrap(), second.store.order_by_number("1001").await.unwrap().unwrap()];
    assert_eq!((after.total, after.ordered_at, after.lines.len(), after.shipments.len()), (before.total, before.ordered_at, 2, 2));
    assert_eq!(second.store.product("L-1").await.unwrap().unwrap().ships_to, ["DE", "AT"]);
}
