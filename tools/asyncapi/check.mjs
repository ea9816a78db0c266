// Reads an AsyncAPI document with the official parser: prints what is wrong, then how many messages there are.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const WARNING = 1;
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const found = diagnostics.filter((one) => one.severity <= WARNING);
for (const one of found) console.log(`${one.code} at ${one.path.join('.')}: ${one.message}`);
if (document) console.log(`messages: ${document.messages().length}`);
process.exitCode = document && found.length === 0 ? 0 : 1;
