// Answers of node-nlp, for `mercator-cli bench understanding --part node_nlp`. Reads one JSON object from standard input, writes one to
// the file that is named, since the package prints its own progress on standard output. The package is no part of this project: who
// measures installs it and names its folder in NODE_PATH.
const { NlpManager, Language } = require("node-nlp");

const cpuSeconds = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

const manager = (languages) => new NlpManager({ languages, forceNER: true, autoSave: false, autoLoad: false, nlu: { log: false } });

/** Trains on labelled texts of one shop and answers others, one after the other. */
const shop = async ({ name, train, test, outside }) => {
  const nlp = manager(["en"]);
  for (const row of train) if (row.intent !== outside) nlp.addDocument("en", row.text, row.intent);
  const start = process.cpuUsage();
  await nlp.train();
  const trained = cpuSeconds(start);
  let [inScope, right, all] = [0, 0, 0];
  for (const row of test) {
    const { intent } = await nlp.process("en", row.text);
    const answer = intent === "None" ? outside : intent;
    all += answer === row.intent;
    if (row.intent === outside) continue;
    inScope += 1;
    right += answer === row.intent;
  }
  return { name, n: test.length, in_scope_accuracy: right / inScope, accuracy: all / test.length, train_cpu_seconds: trained };
};

/** Trains on the shipped examples of all languages and answers messages whose language it guesses itself. */
const messages = async ({ examples, texts }) => {
  const languages = [...new Set(examples.map((row) => row.language))];
  const nlp = manager(languages);
  for (const row of examples) nlp.addDocument(row.language, row.text, row.intent);
  await nlp.train();
  const guesser = new Language();
  const answer = (text) => nlp.process(guesser.guessBest(text, languages).alpha2, text);
  for (const text of texts.slice(0, 50)) await answer(text);
  const start = process.cpuUsage();
  for (const text of texts) await answer(text);
  return { n: texts.length, messages_per_cpu_second: texts.length / cpuSeconds(start) };
};

const main = async () => {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const given = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const shops = [];
  for (const one of given.shops) shops.push(await shop(one));
  const told = { version: require("node-nlp/package.json").version, shops, messages: await messages(given) };
  require("node:fs").writeFileSync(process.argv[2], JSON.stringify(told));
};

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
