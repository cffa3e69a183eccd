//! Prints Markdown tables with aligned columns.

/// Aligns the first `text_columns` columns to the left, the others to the right.
pub(crate) fn print<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
    text_columns: usize,
) {
    let mut all = vec![head.map(str::to_owned)];
    all.extend(rows);
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..COLUMNS).filter_map(width).collect();
    for (number, row) in all.iter().enumerate() {
        let padded = row.iter().zip(&widths).enumerate();
        let cells: Vec<_> = padded
            .map(|(column, (cell, width))| {
                if column < text_columns {
                    format!("{cell:width$}")
                } else {
                    format!("{cell:>width$}")
                }
            })
            .collect();
        println!("| {} |", cells.join(" | "));
        if number == 0 {
            let dashes = widths.iter().enumerate().map(|(column, &width)| {
                let end = if column < text_columns { "-" } else { ":" };
                format!("{}{end}", "-".repeat(width - 1))
            });
            println!("| {} |", dashes.collect::<Vec<_>>().join(" | "));
        }
    }
    println!();
}

/// Adds a comma between thousands.
pub(crate) fn grouped(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        _ => format!("{},{:03}", grouped(count / 1_000), count % 1_000),
    }
}
