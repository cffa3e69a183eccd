//! The manifests in `deploy/kubernetes`, parsed strictly with Kubernetes' own schema.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Container, PodSpec, Probe, Secret, Service};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use k8s_openapi::{Metadata, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::page::file;

/// Parses a manifest as a `T` and compares it with what that serializes to, because fields that the
/// schema does not know are dropped.
fn manifest<T: DeserializeOwned + Serialize + Resource>(name: &str) -> T {
    let text = file(&format!("deploy/kubernetes/{name}.yaml"));
    let written: Value = serde_norway::from_str(&text).unwrap();
    let read: T = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), written, "{name}");
    read
}

fn pod() -> PodSpec {
    let deployment: Deployment = manifest("deployment");
    deployment.spec.unwrap().template.spec.unwrap()
}

fn container() -> Container {
    let [container] = <[Container; 1]>::try_from(pod().containers).unwrap();
    container
}

/// A setting of the container.
fn setting(name: &str) -> String {
    let settings = container().env.unwrap();
    let found = settings.into_iter().find(|setting| setting.name == name);
    found.unwrap().value.unwrap()
}

#[test]
fn manifests_are_valid_and_refer_to_each_other() {
    let deployment: Deployment = manifest("deployment");
    let service: Service = manifest("service");
    let budget: PodDisruptionBudget = manifest("disruption-budget");
    let secret: Secret = manifest("secret");
    let pods = deployment.spec.unwrap();
    let labels = pods.template.metadata.unwrap().labels;
    assert_eq!(pods.selector.match_labels, labels);
    assert_eq!(service.spec.unwrap().selector, labels);
    assert_eq!(budget.spec.unwrap().selector.unwrap().match_labels, labels);
    let database = secret.string_data.as_ref().unwrap()["DATABASE_URL"].as_str();
    assert!(database.starts_with("postgres://") && database.contains(":PASSWORD@"));
    let of_container = container().env.unwrap().into_iter();
    let references = of_container.filter_map(|setting| setting.value_from?.secret_key_ref);
    for reference in references {
        assert_eq!(Some(&reference.name), secret.metadata().name.as_ref());
        let known = secret.string_data.as_ref().unwrap();
        assert!(known.contains_key(&reference.key), "{reference:?}");
    }
    let all: Value = serde_norway::from_str(&file("deploy/kubernetes/kustomization.yaml")).unwrap();
    let all = &all["resources"];
    assert_eq!(
        all,
        &json!(["deployment.yaml", "service.yaml", "disruption-budget.yaml"])
    );
}

#[test]
fn fields_that_the_schema_does_not_know_are_found() {
    let text = file("deploy/kubernetes/deployment.yaml");
    let wrong = text.replace("readOnlyRootFilesystem", "readonlyRootFilesystem");
    assert_ne!(text, wrong);
    let written: Value = serde_norway::from_str(&wrong).unwrap();
    let read: Deployment = serde_json::from_value(written.clone()).unwrap();
    assert_ne!(serde_json::to_value(&read).unwrap(), written);
}

#[test]
fn pods_run_without_privileges() {
    let pod = pod();
    assert_eq!(pod.automount_service_account_token, Some(false));
    let user = pod.security_context.unwrap();
    assert_eq!(user.run_as_non_root, Some(true));
    assert_eq!(user.seccomp_profile.unwrap().type_, "RuntimeDefault");
    let image = file("Dockerfile");
    let (id, group) = (user.run_as_user.unwrap(), user.run_as_group.unwrap());
    assert!(image.contains(&format!("\nUSER {id}:{group}\n")));
    let rights = container().security_context.unwrap();
    assert_eq!(rights.allow_privilege_escalation, Some(false));
    assert_eq!(rights.read_only_root_filesystem, Some(true));
    assert_eq!(
        rights.capabilities.unwrap().drop,
        Some(vec!["ALL".to_owned()])
    );
    let limits = container().resources.unwrap().limits.unwrap();
    assert!(limits.contains_key("memory"));
}

#[test]
fn each_probe_requests_the_right_path() {
    let container = container();
    let [port] = <[_; 1]>::try_from(container.ports.unwrap()).unwrap();
    assert_eq!(port.container_port.to_string(), setting("PORT"));
    let named = IntOrString::String(port.name.unwrap());
    let service: Service = manifest("service");
    let [service_port] = <[_; 1]>::try_from(service.spec.unwrap().ports.unwrap()).unwrap();
    assert_eq!(service_port.target_port, Some(named.clone()));
    let asks = |probe: Option<Probe>, path: &str| {
        let get = probe.unwrap().http_get.unwrap();
        assert_eq!(get.path.as_deref(), Some(path));
        assert_eq!(get.port, named);
    };
    asks(container.startup_probe, "/livez");
    // An unavailable database must not restart the process, only divert traffic.
    asks(container.liveness_probe, "/livez");
    asks(container.readiness_probe, "/readyz");
}

#[test]
fn the_grace_period_covers_the_drain_delay_and_requests_in_flight() {
    let delay = setting("FAIRHOLD_DRAIN_DELAY_MS").parse::<i64>().unwrap() / 1000;
    let readiness = container().readiness_probe.unwrap();
    let noticed = readiness.period_seconds.unwrap() * readiness.failure_threshold.unwrap();
    assert!(i64::from(noticed) < delay);
    // Twice the default of FAIRHOLD_REQUEST_TIMEOUT_MS and a second, for requests and for the pool.
    let drain = 2 * (2 * 5 + 1);
    assert!(pod().termination_grace_period_seconds.unwrap() > delay + drain);
}
