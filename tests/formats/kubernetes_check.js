// kubernetes_check.js FILE: a Job's manifest against the published API types (OpenAPI of
// Kubernetes 1.30): unknown keys, missing ones and wrong types are errors. Proves first that it
// would find them.
'use strict';
const fs = require('fs');
const path = require('path');
const {createRequire} = require('module');
const required = createRequire(process.cwd() + '/package.json');
const ts = required('typescript');
const yaml = required('yaml');

function findings(job) {
  const file = path.join(process.cwd(), 'job_check.ts');
  const text = `import {Job} from 'kubernetes-types/batch/v1';\n` +
      `export const job: Job = ${JSON.stringify(job, null, 1)};\n`;
  fs.writeFileSync(file, text);
  const options =
      {strict: true, noEmit: true, types: [], moduleResolution: ts.ModuleResolutionKind.Node10};
  const program = ts.createProgram([file], options);
  return ts.getPreEmitDiagnostics(program)
      .map((found) => ts.flattenDiagnosticMessageText(found.messageText, '\n'));
}

const job = yaml.parse(fs.readFileSync(process.argv[2], 'utf8'));
const spoilt = [
  (bad) => { bad.spec.backoffLimitPerIndx = 3; },
  (bad) => { bad.spec.podFailurePolicy.rules[0].onExitCodes.values = ['2']; },
  (bad) => { delete bad.spec.template; },
];
for (const spoil of spoilt) {
  const bad = structuredClone(job);
  spoil(bad);
  if (findings(bad).length === 0) throw new Error(`not found: ${spoil}`);
}
const found = findings(job);
if (found.length > 0) throw new Error(found.join('\n'));
