//! A chart by hand: a bar for each line of the table, as long as its requests a second.

use std::fmt::Write;

use crate::findings::Line;

const ROW: usize = 26;
const TOP: usize = 64;
const LABELS: f64 = 290.0;
const BARS: f64 = 480.0;

pub(crate) fn chart(lines: &[Line]) -> String {
    let most = lines
        .iter()
        .map(|line| line.sample.requests_a_second)
        .fold(1.0, f64::max);
    let height = TOP + ROW * lines.len() + 16;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\" fill=\"#1f2937\">\n\
         <title>Requests a second</title>\n\
         <rect width=\"860\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"28\" font-size=\"18\" font-weight=\"600\">Requests a second</text>\n\
         <text x=\"16\" y=\"48\" fill=\"#4b5563\">Server, database and load share the machine; \
         commits are durable.</text>\n"
    );
    for (number, line) in lines.iter().enumerate() {
        bar(&mut svg, TOP + ROW * number, line, most);
    }
    svg.push_str("</svg>\n");
    svg
}

fn bar(svg: &mut String, y: usize, line: &Line, most: f64) {
    let rate = line.sample.requests_a_second;
    let width = (rate / most * BARS).max(1.0);
    let colour = if line.who == "plain" {
        "#9ca3af"
    } else if line.who == "ceiling" || line.who == "bulk" {
        "#d1d5db"
    } else {
        "#0f766e"
    };
    let Line {
        scene, who, load, ..
    } = line;
    let (text, end) = (y + 16, LABELS + width + 6.0);
    // Writing into a string can't fail.
    let _ = writeln!(
        svg,
        "<text x=\"{label}\" y=\"{text}\" text-anchor=\"end\">{scene}: {who}, {load}</text>\n\
         <rect x=\"{LABELS}\" y=\"{y}\" width=\"{width:.1}\" height=\"20\" rx=\"2\" fill=\"{colour}\"/>\n\
         <text x=\"{end:.1}\" y=\"{text}\">{rate:.0}</text>",
        label = LABELS - 8.0,
    );
}
