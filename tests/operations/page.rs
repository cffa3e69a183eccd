//! The queries of docs/auditing.md, run as a reader would run them: in psql, with its variables.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fairhold_test_kit::PostgresHost;

/// Between two columns; no text contains it.
const BETWEEN: char = '\u{1f}';

/// A result row: its columns by name.
pub(crate) type Row = BTreeMap<String, String>;

/// The page: the variables that it has the reader set, and each question with its query.
pub(crate) struct Page {
    variables: Vec<String>,
    queries: BTreeMap<String, String>,
}

impl Page {
    pub(crate) fn read() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/auditing.md");
        let text = fs::read_to_string(file).unwrap();
        let set = text.lines().filter_map(|line| line.strip_prefix("\\set "));
        let variables = set.filter_map(|rest| rest.split(' ').next());
        let variables = variables.map(str::to_owned).collect();
        let mut queries = BTreeMap::new();
        for section in text.split("\n## ").skip(1) {
            let (question, rest) = section.split_once('\n').unwrap();
            let blocks: Vec<_> = rest.split("```sql\n").skip(1).collect();
            assert_eq!(blocks.len(), 1, "{question}");
            let (query, _) = blocks[0].split_once("```").unwrap();
            queries.insert(question.to_owned(), query.to_owned());
        }
        Self { variables, queries }
    }

    pub(crate) fn questions(&self) -> Vec<&str> {
        self.queries.keys().map(String::as_str).collect()
    }

    /// The result of a question's query in psql, with these values for the page's variables.
    pub(crate) async fn ask(
        &self,
        site: &PostgresHost,
        url: &str,
        question: &str,
        values: &[(&str, &str)],
    ) -> Vec<Row> {
        let query = &self.queries[question];
        let mut psql = site.program("psql");
        psql.args(["--no-psqlrc", "--no-align", "--pset=footer=off"]);
        psql.arg(format!("--field-separator={BETWEEN}"));
        psql.arg("--set=ON_ERROR_STOP=1");
        for name in &self.variables {
            let value = values.iter().find(|value| value.0 == name);
            let (name, value) = value.unwrap_or_else(|| panic!("no value for {name}"));
            psql.arg(format!("--set={name}={value}"));
        }
        // psql replaces variables only in what it reads from a file.
        let file = site.folder.join("query.sql");
        fs::write(&file, query).unwrap();
        let output = psql
            .arg("--file")
            .arg(&file)
            .arg(url)
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "{question}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines = text
            .lines()
            .map(|line| line.split(BETWEEN).map(str::to_owned));
        let names: Vec<_> = lines.next().unwrap().collect();
        lines
            .map(|row| names.iter().cloned().zip(row).collect())
            .collect()
    }
}

/// These columns of each row.
pub(crate) fn pick<const N: usize>(rows: &[Row], names: [&str; N]) -> Vec<[String; N]> {
    rows.iter()
        .map(|row| names.map(|name| row[name].clone()))
        .collect()
}
