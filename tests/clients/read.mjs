// Addresses of feeds in (arguments, without extension); out, as JSON, what each reader of npm makes of them:
// {reader, address, entries: [{id, title, link, published, tags, language}]}, and for what the JSON Feed 1.1 schema
// says: {reader: "schema", address, mistakes}. A language is null where a reader has no word for it.

import Ajv from "ajv";
import addFormats from "ajv-formats";
import { parseFeed } from "feedsmith";
import { createRequire } from "node:module";
import RssParser from "rss-parser";

const require = createRequire(import.meta.url);
const schema = structuredClone(require("jsonfeed-schema/v1.1"));
delete schema.$schema; // a draft that ajv 8 does not load by itself; the schema uses nothing of its own
const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
const isJsonFeed = ajv.compile(schema);

const get = async (address) => (await fetch(address)).text();
const instant = (text) => (text === undefined ? null : new Date(text).toISOString());

async function withRssParser(address) {
  const item = [["dc:language", "language"], ["category", "tags", { keepArray: true }]];
  const feed = await new RssParser({ customFields: { item } }).parseString(await get(address));
  return {
    reader: "rss-parser",
    address,
    entries: feed.items.map((entry) => ({
      id: entry.guid ?? entry.id,
      title: entry.title,
      link: entry.link ?? null,
      published: instant(entry.pubDate),
      tags: (entry.tags ?? entry.categories ?? []).map((tag) => tag._ ?? tag.$?.term ?? tag),
      language: entry.language ?? null,
    })),
  };
}

const page = (links) => (links ?? []).find((link) => link.rel === "alternate")?.href ?? null;

function fromAtom(entry) {
  return {
    id: entry.id,
    title: entry.title.value,
    link: page(entry.links),
    published: instant(entry.published),
    tags: (entry.categories ?? []).map((tag) => tag.term),
    language: entry.xml?.lang ?? null,
  };
}

function fromRss(item) {
  return {
    id: item.guid.value,
    title: item.title,
    link: item.link ?? null,
    published: instant(item.pubDate),
    tags: (item.categories ?? []).map((tag) => tag.name),
    language: item.dc?.languages?.[0] ?? null,
  };
}

function fromJson(item) {
  return {
    id: item.id,
    title: item.title,
    link: item.url ?? null,
    published: instant(item.date_published),
    tags: item.tags ?? [],
    language: item.language ?? null,
  };
}

async function withFeedsmith(address) {
  const { format, feed } = parseFeed(await get(address));
  const read = { atom: fromAtom, rss: fromRss, json: fromJson }[format];
  return { reader: "feedsmith", address, entries: (feed.entries ?? feed.items ?? []).map(read) };
}

async function withSchema(address) {
  const mistakes = isJsonFeed(JSON.parse(await get(address))) ? [] : isJsonFeed.errors;
  return { reader: "schema", address, mistakes };
}

const found = [];
for (const feed of process.argv.slice(2)) {
  for (const ending of ["atom", "rss"]) found.push(await withRssParser(`${feed}.${ending}`));
  for (const ending of ["atom", "rss", "json"]) found.push(await withFeedsmith(`${feed}.${ending}`));
  found.push(await withSchema(`${feed}.json`));
}
console.log(JSON.stringify(found));
