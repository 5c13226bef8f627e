import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readWebApplication } from '../src/ui/web-application.js'
import { startCatalog } from './started-catalog.js'

type Catalog = Awaited<ReturnType<typeof startCatalog>>

describe('a built web application', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'tributary-web-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is its files and its page, whose own scripts the policy knows by their hashes', () => {
    const inline = 'document.title = "x"'
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'assets', 'index-1a2b.js'), '')
    writeFileSync(join(folder, 'index.html'), `<script>${inline}</script><script type="module" src="/assets/index-1a2b.js"></script>`)
    const application = readWebApplication(folder)
    expect([...application?.files ?? []].toSorted()).toEqual(['assets/index-1a2b.js', 'index.html'])
    expect(application?.policy).toContain(`script-src 'self' 'sha256-${createHash('sha256').update(inline).digest('base64')}';`)
    expect(application?.policy.split('; ').find((part) => part.startsWith('script-src'))).not.toContain('unsafe')
  })

  it('is not there before it is built', () => {
    expect(readWebApplication(folder)).toBeUndefined()
    expect(readWebApplication(join(folder, 'nothing'))).toBeUndefined()
  })
})

describe('the pages of a catalog', () => {
  let catalog: Catalog
  beforeAll(async () => { catalog = await startCatalog({ TRIBUTARY_ADMIN_TOKEN: 'correct-horse-battery-staple-0123456789' }) })
  afterAll(() => catalog.end())

  const get = (path: string, accept = 'text/html,application/xhtml+xml') => fetch(`${catalog.origin}${path}`, { headers: { accept } })

  it.each(['/', '/services/sales', '/services/sales/Orders?filter=a', '/products/northwind-360', '/search'])('are one page at every address of theirs: %s', async (path) => {
    const answer = await get(path)
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, 'text/html; charset=utf-8', 'no-cache'])
    expect(answer.headers.get('content-security-policy')).toContain('frame-ancestors \'none\'')
    expect(await answer.text()).toContain('<title>Tributary</title>')
  })

  it('is at the root for whoever asks, browsers or not', async () => {
    const answer = await get('/', '*/*')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })

  it('are not given to programs, nor in the place of what belongs to programs', async () => {
    for (const [path, accept] of [['/services/sales', 'application/json'], ['/api/nothing', 'text/html'], ['/internal/nothing', 'text/html'], ['/assets/old-1a2b.js', 'text/html']] as const) {
      const answer = await get(path, accept)
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 401, 'application/problem+json; charset=utf-8'])
    }
  })

  it('come with their assets, to be kept for a year, where they have been built', async () => {
    const assets = [...readWebApplication()?.files ?? []].filter((file) => file.startsWith('assets/'))
    const answers = await Promise.all(assets.map((file) => get(`/${file}`, '*/*')))
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
      expect(answer.headers.get('content-type')).not.toContain('text/html')
    }
    expect(answers).toHaveLength(assets.length)
  })
})
