const fields = $fields;
const values = Object.fromEntries(fields.map((name) => [name, bundle.inputData[name]]));
