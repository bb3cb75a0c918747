// Checks an AsyncAPI document with the specification's own parser, references to the files beside it included.
// Usage: node check-asyncapi.mjs schemas/asyncapi.json. Prints every diagnostic; fails on errors and warnings.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Parser } from '@asyncapi/parser';

// "A newer version of the specification exists" and the like are news, not problems: hints and information pass.
const WARNING = 1;

const path = resolve(process.argv[2]);
const { document, diagnostics } = await new Parser().parse(readFileSync(path, 'utf8'), { source: path });
for (const { severity, code, message, path: where, range } of diagnostics) {
  const kind = ['error', 'warning', 'information', 'hint'][severity];
  console.log(`${process.argv[2]}:${(range?.start.line ?? 0) + 1}: ${kind}: ${message} (${code}, ${where.join('.')})`);
}
const problems = diagnostics.filter(({ severity }) => severity <= WARNING);
if (!document || problems.length > 0) process.exit(1);

const messages = document.allMessages().all();
for (const message of messages) {
  if (message.hasPayload() && message.payload().json().$ref) throw new Error(`${message.id()}: payload is not resolved`);
}
console.log(`${process.argv[2]}: valid, ${document.allChannels().all().length} channels, ${messages.length} messages`);
