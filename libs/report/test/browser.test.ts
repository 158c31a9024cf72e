import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { renderReport } from '../src/report.ts'
import { Folder, launch, visit } from './browser.ts'
import { documents } from './fixture/documents.ts'
import { fixture } from './fixture/results.ts'
import { hostileDocuments, hostileResults } from './hostile.ts'

const results = fixture()
const finding = (lanes: string) =>
  `findings/${results.findings.find(({ id }) => id.includes(lanes))!.id}.html`
const deadlock = finding('nmi-delete-under-pi-lock-hash-no-deadlock')
const eightLanes = finding('submit-vs-program-unload-hash')
const PAGES = ['index.html', deadlock, eightLanes, 'docs/replay.html']
const WIDE = { width: 1400, height: 900 }
const PHONE = { width: 390, height: 800 }

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let browser: Browser
let report: Folder
beforeAll(async () => {
  report = new Folder(renderReport(results, documents))
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  report.remove()
})

describe.each(PAGES)('%s', (path) => {
  it.each([
    ['light', WIDE],
    ['dark', PHONE],
  ] as const)('is accessible, %s, %o', async (colorScheme, viewport) => {
    await visit(browser, report.url(path), { colorScheme, viewport }, async ({ page }) => {
      await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)))
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([])
    })
  })

  it('loads nothing but itself, and no script fails', async () => {
    await visit(browser, report.url(path), { viewport: WIDE }, async ({ page, requests, errors }) => {
      await page.keyboard.press('j')
      expect(requests).toEqual([report.url(path), 'data:,'].slice(0, requests.length))
      expect(errors).toEqual([])
    })
  })

  it('needs no sideways scrolling, on no width', async () => {
    await visit(browser, report.url(path), { viewport: WIDE }, async ({ page }) => {
      for (const width of [320, 390, 768, 1024, 1280, 1400, 1920]) {
        await page.setViewportSize({ width, height: 900 })
        const needed = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(needed).toBeLessThanOrEqual(width)
      }
    })
  })
})

describe('without JavaScript', () => {
  const options = { javaScriptEnabled: false, viewport: WIDE }

  it('every step of a trace can be reached', async () => {
    await visit(browser, report.url(deadlock), options, async ({ page }) => {
      const { steps } = results.findings[0]!
      const rows = page.locator('#trace-table tr.step')
      expect(await rows.count()).toBe(steps.length)
      const folds = page.locator('.fold summary')
      for (const fold of await folds.all()) await fold.click()
      for (const row of await rows.all()) expect(await row.isVisible()).toBe(true)
    })
  })
  it('the verdicts are words, and the property list opens', async () => {
    await visit(browser, report.url('index.html'), options, async ({ page }) => {
      const cell = page.locator('#matrix td.violated').first()
      expect(await cell.innerText()).toMatch(/^✗ violated 1 of 15 properties/)
      await cell.locator('summary').click()
      expect(await cell.locator('.properties').innerText()).toContain('✓ holds no-leak')
      expect(await page.locator('.filter').count()).toBe(0)
    })
  })
})

describe('the viewer', () => {
  it('steps with j and k, opens what is folded, and tells what the words hold', async () => {
    await visit(browser, report.url(deadlock), { viewport: WIDE }, async ({ page }) => {
      for (const key of ['j', 'j', 'j', 'j', 'k']) await page.keyboard.press(key)
      expect(await page.locator('tr.current').getAttribute('id')).toBe('step-2')
      expect(await page.locator('tr.current').isVisible()).toBe(true)
      const bar = page.locator('.words-now')
      expect(await bar.innerText()).toContain('step 2, CPU0 task target')
      expect(await bar.locator('li').allInnerTexts()).toEqual([
        'prog#1.refcnt = 2',
        'map#1.usercnt = 1',
        'task#1.rcu_users = 2',
      ])
      await page.keyboard.press('r')
      expect(await page.locator('tr.current').getAttribute('id')).toBe('step-22')
    })
  })
  it('shows the verdicts of one map type', async () => {
    await visit(browser, report.url('index.html'), { viewport: WIDE }, async ({ page }) => {
      const cell = page.locator('#matrix tr', { hasText: 'two-submitters-one-value' }).locator('td').nth(1)
      expect(await cell.getAttribute('class')).toBe('verdict violated')
      await page.getByLabel('Map type').selectOption('hash')
      expect(await cell.getAttribute('class')).toBe('verdict holds')
      expect(await cell.innerText()).toMatch(/^✓ holds all 15 properties/)
      await page.getByLabel('Map type').selectOption('all')
      expect(await cell.getAttribute('class')).toBe('verdict violated')
    })
  })
})

describe('hostile texts', () => {
  it('run nothing and load nothing', async () => {
    const hostile = new Folder(renderReport(hostileResults(), hostileDocuments))
    for (const path of ['index.html', deadlock, 'docs/hostile.html']) {
      await visit(browser, hostile.url(path), { viewport: WIDE }, async ({ page, requests, errors }) => {
        expect(await page.evaluate('window.hacked')).toBeUndefined()
        expect(requests.filter((url) => url !== hostile.url(path) && url !== 'data:,')).toEqual([])
        expect(errors).toEqual([])
      })
    }
    hostile.remove()
  })
})
