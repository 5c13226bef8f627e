import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an IP address (also IPv4 in IPv6 form, also with a zone) is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  if (address === '127.0.0.1') return true
  const plain = address.split('%')[0] ?? ''
  const family = isIP(plain)
  return family !== 0 && loopback.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

/** Whether a host, as HOST or a URL names it (`localhost`, an address, `[::1]`), can only be this machine. */
export function isLoopbackHost(host: string): boolean {
  if (host === '127.0.0.1' || host === 'localhost') return true
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name)
}
