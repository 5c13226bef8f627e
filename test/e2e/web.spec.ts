import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { startHub, type RunningHub } from '../harness/hub.js'
import { repository } from '../harness/running.js'

/** The pages as people use them, in headless Chromium. Screenshots are left in `.screenshots`. */

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))
const screenshots = join(repository, '.screenshots')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

if (executable === undefined) process.stderr.write('Chromium is not installed: the pages are left out.\n')
const withChromium = executable === undefined ? describe.skip : describe

withChromium('the web application', () => {
  let hub: RunningHub
  let browser: Browser
  let page: Page
  const faults: string[] = []

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true })
    hub = await startHub()
    browser = await chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await hub?.stop()
  })
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    faults.length = 0
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => { if (message.type() === 'error') faults.push(message.text()) })
  })
  afterEach(async () => {
    await page.close()
    if (faults.length > 0) throw new Error(`The page reported: ${faults.join('; ')}`)
  })

  const open = (path: string) => page.goto(`${hub.origin}${path}`, { waitUntil: 'networkidle' })
  const address = async () => (await page.getByTestId('address').first().textContent()) ?? ''
  const shoot = (name: string) => page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })

  it('finds an entity from the search box by the keyboard alone, keeping the state in the address', async () => {
    await open('/')
    await shoot('home')
    await page.getByRole('link', { name: 'Northwind 360' }).waitFor()
    await page.keyboard.type('customer')
    await page.getByRole('list', { name: 'Results' }).getByRole('link', { name: /customers/i }).first().waitFor()
    await page.waitForURL(/q=customer/)
    await shoot('search')
    expect(await page.locator('mark').first().textContent()).toMatch(/customer/i)
    const link = page.getByRole('list', { name: 'Results' }).getByRole('link').first()
    await link.focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/(services|products)\//)
    await page.goBack()
    expect(await page.getByRole('searchbox').inputValue()).toBe('customer')
  }, 60_000)

  it('shows a service with its entity sets and associations', async () => {
    await open('/services/sales')
    await page.getByRole('heading', { name: 'Sales', level: 1 }).waitFor()
    for (const set of ['Orders', 'Order_Details', 'Employees', 'Shippers']) expect(await page.getByRole('link', { name: set, exact: true }).count()).toBeGreaterThan(0)
    await shoot('service')
  }, 60_000)

  it('filters and sorts an entity set, and writes the OData address that does the same', async () => {
    await open('/services/sales/Orders')
    await page.getByRole('button', { name: 'Add a condition' }).click()
    await page.getByRole('combobox', { name: 'Attribute' }).fill('Freight')
    await page.getByRole('option', { name: 'Freight' }).click()
    await page.getByRole('combobox', { name: 'Comparison' }).click()
    await page.getByRole('option', { name: 'greater than' }).click()
    await page.getByRole('textbox', { name: 'Value' }).fill('800')
    await page.getByRole('button', { name: 'Sort by Freight' }).click()
    await page.getByRole('button', { name: 'Sort by Freight' }).click()
    await page.waitForURL(/Freight~gt~800|Freight%7Egt%7E800/)
    await page.getByRole('cell', { name: '1007.64' }).waitFor()
    await page.waitForLoadState('networkidle')
    await shoot('entity-set')
    const url = await address()
    expect(decodeURIComponent(url)).toContain('$filter=Freight gt 800&$orderby=Freight desc')
    const { value } = await hub.json<{ value: { OrderID: number }[] }>(url)
    const shown = await page.getByRole('region', { name: 'Rows' }).locator('tbody tr').count()
    expect(shown).toBe(value.length)
    await page.reload({ waitUntil: 'networkidle' })
    expect(await page.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('800')
    expect(await address()).toBe(url)
  }, 60_000)

  it('draws a product and previews rows joined across services', async () => {
    await open('/products/northwind-360')
    await page.getByRole('img', { name: /Orders to Customers/ }).waitFor()
    await page.getByText('Vins et alcools Chevalier').first().waitFor()
    expect(decodeURIComponent((await page.getByTestId('address').nth(1).textContent()) ?? '')).toContain('$expand=Customer')
    await shoot('product')
  }, 60_000)

  it('tells what is wrong when a source refuses, with the code', async () => {
    await open('/services/sales/Orders?where=OrderID~eq~abc')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/HUB_QUERY/)
    faults.length = 0
  }, 60_000)

  it.each(['light', 'dark'] as const)('has no accessibility fault in %s colours', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const path of ['/', '/services/sales', '/services/sales/Orders', '/products/northwind-360']) {
      await open(path)
      await page.waitForTimeout(300)
      const found = await page.evaluate(`(() => { ${axe}; return axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | '))) })()`)
      expect([path, found]).toEqual([path, []])
      if (colorScheme === 'dark') await shoot(`dark${path.replaceAll('/', '-')}`)
    }
  }, 90_000)

  it('removes the samples in one click', async () => {
    await open('/')
    await page.getByRole('button', { name: 'Remove the samples' }).click()
    await page.getByText('None yet. Register one').waitFor()
    expect((await hub.json<{ total: number }>('/api/v1/services')).total).toBe(0)
    expect((await hub.get('/odata/northwind-360/')).status).toBe(404)
  }, 60_000)
})
