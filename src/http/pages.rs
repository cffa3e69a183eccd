//! Pages for people: one for each kind of problem.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::catalog::Code;
use super::extract::Path;
use super::fields::{Fields, FromFields};
use super::openapi::Routes;
use super::problem::Problem;
use super::rules::text;

/// `/problems` and `/problems/{code}`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    Routes::new("Problems")
        .untold("/problems", index)
        .untold("/problems/{code}", explain)
}

struct Wanted(Option<Code>);

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = text(|name: &str| Ok(name.to_owned()));
        let name = fields.required("code", name)?;
        let named = |code: &&Code| code.name() == name;
        Some(Self(Code::ALL.iter().find(named).copied()))
    }
}

async fn index() -> Response {
    let row = |code: &Code| {
        format!(
            "<li><a href=\"/problems/{0}\"><code>{0}</code></a> ({1}): {2}</li>\n",
            code.name(),
            code.status().as_u16(),
            code.title()
        )
    };
    let list: String = Code::ALL.iter().map(row).collect();
    page("Problems", &format!("<ul>\n{list}</ul>"))
}

async fn explain(Path(Wanted(code)): Path<Wanted>) -> Result<Response, Problem> {
    let code = code
        .ok_or_else(|| Problem::new(Code::NotFound, "There is no kind of problem of that name."))?;
    let body = format!(
        "<p><code>{}</code>, status {}</p>\n<p>{}</p>\n<p><a href=\"/problems\">All problems</a></p>",
        code.name(),
        code.status().as_u16(),
        code.explanation()
    );
    Ok(page(code.title(), &body))
}

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · Fairhold</title>\n\
         <link rel=\"icon\" href=\"/static/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/static/styles.css\">\n</head>\n<body>\n\
         <main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let cache = [(header::CACHE_CONTROL, "max-age=3600")];
    (cache, Html(html)).into_response()
}
