/** A headless browser that sees a report as a reader does: files on a disk. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium, with a profile of its own that is thrown away. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
}

/** A report in a folder. */
export class Folder {
  private readonly root = mkdtempSync(join(tmpdir(), 'bottom-half-report-'))

  constructor(files: ReadonlyMap<string, string>) {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true })
      writeFileSync(join(this.root, path), text)
    }
  }

  url(path: string): string {
    return pathToFileURL(join(this.root, path)).href
  }

  remove(): void {
    rmSync(this.root, { recursive: true })
  }
}

/** What a visit saw besides the page itself. */
export interface Visit {
  readonly page: Page
  readonly requests: string[]
  readonly errors: string[]
}

/** Opens a page in a context of its own, shows it to `look`, and closes it. */
export async function visit<T>(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
  look: (visit: Visit) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const [requests, errors]: [string[], string[]] = [[], []]
  context.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => errors.push(message.text()))
  page.on('dialog', (dialog) => errors.push(dialog.message()))
  try {
    await page.goto(url)
    return await look({ page, requests, errors })
  } finally {
    await context.close()
  }
}
