// sarif_check.js FILE: holds a file to the schema of SARIF 2.1.0.
const fs = require("fs");
const {createRequire} = require("module");
const required = createRequire(process.cwd() + "/package.json");
const Ajv = required("ajv");

const schema = JSON.parse(fs.readFileSync(
  "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
delete schema.$schema;  // draft 4, of which it uses nothing that draft 7 reads otherwise
const validate = new Ajv({unknownFormats: "ignore", allErrors: true, logger: false}).compile(schema);
if (!validate(JSON.parse(fs.readFileSync(process.argv[2])))) {
  console.log(validate.errors);
  process.exit(1);
}
