// Addresses of feeds in (arguments, without extension); out, as JSON, what each reader of npm makes of them:
// {reader, address, entries: [{id, title, link, published, tags, language}]}, and for what the JSON Feed 1.1 schema
// says: {reader: "schema", address, mistakes}. A language is null where a reader has no word for it.
//
// With --again before the addresses each reader asks for each feed twice, the second time with the validator of the
// first: {reader, address, again}, the status of the second answer.

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

// rss-parser takes what is no feed for an error, and says the status in its text
async function againWithRssParser(address) {
  const { headers } = await fetch(address);
  const parser = new RssParser({ headers: { "If-Modified-Since": headers.get("last-modified") } });
  const said = await parser.parseURL(address).then(() => "200", (error) => error.message);
  return { reader: "rss-parser", address, again: Number(said.match(/\d{3}/)?.[0]) };
}

async function againWithFeedsmith(address) {
  const first = await fetch(address);
  parseFeed(await first.text());
  const { status } = await fetch(address, { headers: { "If-None-Match": first.headers.get("etag") } });
  return { reader: "feedsmith", address, again: status };
}

async function read(feed, found) {
  for (const ending of ["atom", "rss"]) found.push(await withRssParser(`${feed}.${ending}`));
  for (const ending of ["atom", "rss", "json"]) found.push(await withFeedsmith(`${feed}.${ending}`));
  found.push(await withSchema(`${feed}.json`));
}

async function readAgain(feed, found) {
  for (const ending of ["atom", "rss"]) found.push(await againWithRssParser(`${feed}.${ending}`));
  for (const ending of ["atom", "rss", "json"]) found.push(await againWithFeedsmith(`${feed}.${ending}`));
}

const found = [];
const asked = process.argv.slice(2);
const isAgain = asked[0] === "--again";
for (const feed of asked.slice(isAgain ? 1 : 0)) await (isAgain ? readAgain : read)(feed, found);
console.log(JSON.stringify(found));
