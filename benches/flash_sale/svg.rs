//! Draws a bar chart of the requests per second of each row.

use std::fmt::Write;

use crate::results::Row;

const ROW: usize = 26;
const TOP: usize = 64;
const LABELS: f64 = 290.0;
const BARS: f64 = 480.0;

pub(crate) fn chart(rows: &[Row]) -> String {
    let most = rows
        .iter()
        .map(|row| row.sample.requests_per_second)
        .fold(1.0, f64::max);
    let height = TOP + ROW * rows.len() + 16;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\" fill=\"#1f2937\">\n\
         <title>Requests per second</title>\n\
         <rect width=\"860\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"28\" font-size=\"18\" font-weight=\"600\">Requests per second</text>\n\
         <text x=\"16\" y=\"48\" fill=\"#4b5563\">Server, database and load generator share the machine; \
         commits are durable.</text>\n"
    );
    for (number, row) in rows.iter().enumerate() {
        bar(&mut svg, TOP + ROW * number, row, most);
    }
    svg.push_str("</svg>\n");
    svg
}

fn bar(svg: &mut String, y: usize, row: &Row, most: f64) {
    let rate = row.sample.requests_per_second;
    let width = (rate / most * BARS).max(1.0);
    let color = if row.who == "plain" {
        "#9ca3af"
    } else if row.who == "ceiling" || row.who == "bulk" {
        "#d1d5db"
    } else {
        "#0f766e"
    };
    let Row {
        scene, who, load, ..
    } = row;
    let (text, end) = (y + 16, LABELS + width + 6.0);
    // Writing to a string can't fail.
    let _ = writeln!(
        svg,
        "<text x=\"{label}\" y=\"{text}\" text-anchor=\"end\">{scene}: {who}, {load}</text>\n\
         <rect x=\"{LABELS}\" y=\"{y}\" width=\"{width:.1}\" height=\"20\" rx=\"2\" fill=\"{color}\"/>\n\
         <text x=\"{end:.1}\" y=\"{text}\">{rate:.0}</text>",
        label = LABELS - 8.0,
    );
}
