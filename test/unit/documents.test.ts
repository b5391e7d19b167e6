import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';
import { describe, expect, it } from 'vitest';
import type { Trigger } from '../../src/recorder-events.js';

const markdownIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.md'));
const documents = ['.', 'docs', '.github'].flatMap((folder) => markdownIn(folder).map((name) => join(folder, name)));

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '');

/** The targets of the links and images in a document, except those on other sites. */
function linksIn(text: string): string[] {
  const inline = [...text.matchAll(/\]\(([^)\s]+)\)/g)];
  const references = [...text.matchAll(/^\[[^\]]+\]: (\S+)/gm)];
  const images = [...text.matchAll(/<img src="([^"]+)"/g)];
  return [...inline, ...references, ...images].flatMap(([, link]) => (link && !/^https?:/.test(link) ? [link] : []));
}

/** The anchors that GitHub generates for a document's headings. */
function anchorsIn(text: string): string[] {
  const slugger = new GithubSlugger();
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugger.slug(heading));
}

describe.each(documents)('%s', (document) => {
  const text = readFileSync(document, 'utf8');

  it('has no broken link', () => {
    const broken = linksIn(withoutCode(text)).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsIn(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only files that exist', () => {
    const paths = [...text.matchAll(/`((?:src|test|docs)\/[\w./-]+\.\w+)`/g)].flatMap(([, path]) => path ?? []);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

it('the log is documented with everything that a recording can be paused or resumed because of', () => {
  const kinds = {
    join: true,
    leave: true,
    hold: true,
    unhold: true,
    'conference callback': true,
    'recording callback': true,
    'settling read': true,
    resync: true,
  } satisfies Record<Trigger['kind'], true>;
  const [row = ''] = /^\| `because`.*/m.exec(readFileSync('docs/watching.md', 'utf8')) ?? [];
  expect(Object.keys(kinds).filter((kind) => !row.includes(`\`${kind}\``))).toEqual([]);
});

it('the README has at most 160 lines', () => {
  expect(readFileSync('README.md', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(160);
});
