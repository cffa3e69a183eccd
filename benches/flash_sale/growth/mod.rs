//! The scene `growth`: what one client waits for when there is little, beside what it waits for when
//! there is much, call by call in turns.

mod figure;
mod shop;
mod skus;
mod turns;
mod users;
mod waiters;

pub(crate) use figure::Growth;

use crate::Arguments;
use crate::findings::Findings;
use crate::stage::Stage;

const SCENE: &str = "growth";

/// How many times as long much may take.
const MOST: f64 = 1.5;

/// What a part of the scene found, and what the audits found wrong.
type Found = (Vec<Growth>, Vec<String>);

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let parts = [
        waiters::play(&mut stage).await?,
        users::play(&stage.site, arguments.old / 5).await?,
        skus::play(&stage.site).await?,
    ];
    stage.strike().await?;
    for (figures, faults) in parts {
        for figure in figures {
            judge(&figure, findings);
            findings.growth.push(figure);
        }
        findings.faults.extend(faults);
    }
    Ok(())
}

fn judge(figure: &Growth, findings: &mut Findings) {
    let Growth {
        what,
        small,
        large,
        ratio,
    } = figure;
    let (little, much) = (&small.of, &large.of);
    let what = format!("{what}, {much}: {ratio:.2} × as long as with {little}, at most {MOST}");
    findings.bar(SCENE, what, *ratio <= MOST);
}
