import { createAddressPolicy, guardConnections, isPublicAddress } from '@tributary/nest'
import * as fc from 'fast-check'

const refused = expect.objectContaining({ code: 'HUB_SOURCE_ADDRESS_REFUSED' })
const strict = createAddressPolicy({ allowPrivateSources: false })
const open = createAddressPolicy({ allowPrivateSources: true })

describe('addresses of the public Internet', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '11.0.0.0', '2606:4700::1111', '2001:4860:4860::8888', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1'])('are told: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    '127.0.0.1', '127.255.0.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '198.18.0.1',
    '::1', '::', 'fe80::1', 'fe80::1%eth0', 'fd00::1', 'fc00::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '64:ff9b::', '64:ff9b::5', '2002::', '2002:7f00:1::', '2002:a00:1::5', 'localhost', '', '1.2.3',
  ])('are not: %p', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it('are judged by the IPv4 address inside them, however it is written', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => {
      expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address))
      expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublicAddress(address))
    }))
  })
})

describe('the address policy', () => {
  it.each([
    'http://127.0.0.1/', 'http://localhost:8080/odata/', 'http://[::1]/', 'http://10.0.0.7/', 'http://169.254.169.254/latest/meta-data/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::ffff:127.0.0.1]/', 'http://0/',
  ])('refuses %s unless private sources are allowed', async (url) => {
    await expect(strict.check(url)).rejects.toEqual(refused)
    await expect(open.check(url)).resolves.toBeUndefined()
  })

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'example.com', '', 'http://', 'gopher://127.0.0.1/'])('refuses %p always', async (url) => {
    await expect(open.check(url)).rejects.toEqual(refused)
  })

  it('refuses credentials in an address, and does not repeat them', async () => {
    await expect(open.check('https://user:swordfish@example.com/')).rejects.toEqual(expect.objectContaining({ code: 'HUB_SOURCE_ADDRESS_REFUSED', message: expect.not.stringContaining('swordfish') }))
  })

  it('leaves names that do not resolve to those who read them', async () => {
    await expect(strict.check('https://nothing.invalid/')).resolves.toBeUndefined()
    await expect(strict.check('http://8.8.8.8/')).resolves.toBeUndefined()
  })
})

describe('connections', () => {
  const own = 'http://127.0.0.1:3000/samples/'
  it.each<readonly [string, boolean, string, string, boolean]>([
    ['a public address', false, '8.8.8.8', 'http://erp.example.com/', true],
    ['a private one', false, '10.0.0.7', 'http://erp.example.com/', false],
    ['a private one that is allowed', true, '10.0.0.7', 'http://erp.example.com/', true],
    ["the process's own samples", false, '127.0.0.1', `${own}sales/Orders`, true],
    ['what else the process serves', false, '127.0.0.1', 'http://127.0.0.1:3000/api/v1/services', false],
    ['no address at all', false, 'localhost', 'http://localhost/', false],
  ])('are made to %s only as the settings say', (_, ...[allowPrivateSources, address, url, allowed]) => {
    expect(guardConnections({ allowPrivateSources }, () => own).allows(address, url)).toBe(allowed)
  })
})
