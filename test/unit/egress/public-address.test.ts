import assert from 'node:assert/strict';
import { BlockList, isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isLoopbackAddress, isPublicAddress } from '../../../lambdas/adapters/egress/public-address.ts';

/** The IANA special-purpose address registries, multicast, and what else never is an internet host. */
const SPECIAL_IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];
const SPECIAL_IPV6 = [
  ...['::/128', '::1/128', '::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64'],
  ...['100:0:0:1::/64', '2001::/23', '2001::/32', '2001:2::/48', '2001:3::/32', '2001:4:112::/48', '2001:10::/28'],
  ...['2001:20::/28', '2001:30::/28', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20', '5f00::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8', '4000::/2', '8000::/1'],
];
const RUNS = { numRuns: 200 };

for (const block of [...SPECIAL_IPV4, ...SPECIAL_IPV6]) {
  test(`no address in ${block} is public`, () => {
    fc.assert(
      fc.property(addressIn(block), (address) => !isPublicAddress(address)),
      RUNS,
    );
  });
}

test('every IPv4 address outside of the special blocks is public', () => {
  const special = blockList(SPECIAL_IPV4);

  const address = addressIn('0.0.0.0/0').filter((candidate) => !special.check(candidate, 'ipv4'));

  fc.assert(fc.property(address, isPublicAddress), { numRuns: 2000 });
});

test('every IPv6 address of 2000::/3 outside of the special blocks is public', () => {
  const special = blockList(SPECIAL_IPV6);

  const address = addressIn('2000::/3').filter((candidate) => !special.check(candidate, 'ipv6'));

  fc.assert(fc.property(address, isPublicAddress), { numRuns: 2000 });
});

describe('what is not an address in canonical notation is not public', () => {
  const others = [
    '',
    'localhost',
    '8.8.8',
    '8.8.2056',
    '010.8.8.8',
    '0x08080808',
    '[2606:4700::1]',
    '2606:4700::1%eth0',
  ];
  for (const text of [...others, '8.8.8.8 ', '8.8.8.8:443', 'fe80::1%eth0']) {
    test(JSON.stringify(text), () => {
      assert.equal(isPublicAddress(text), false);
    });
  }
});

describe('loopback', () => {
  const cases = [
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['::ffff:127.0.0.1', false],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.1', false],
    ['', false],
  ] as const;
  for (const [address, expected] of cases) {
    test(`${JSON.stringify(address)}: ${expected}`, () => {
      assert.equal(isLoopbackAddress(address), expected);
    });
  }
});

function addressIn(cidr: string): fc.Arbitrary<string> {
  const [network = '', prefix = ''] = cidr.split('/');
  const bits = isIPv6(network) ? 128n : 32n;
  const hostBits = bits - BigInt(prefix);
  return fc.bigInt(0n, (1n << hostBits) - 1n).map((host) => format(toNumber(network) | host, bits));
}

function toNumber(address: string): bigint {
  if (!isIPv6(address)) return address.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
  const [head = '', tail = ''] = address.split('::');
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function groups(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

function format(value: bigint, bits: bigint): string {
  const [size, radix, separator] = bits === 32n ? [8n, 10, '.'] : [16n, 16, ':'];
  const parts: string[] = [];
  for (let shift = bits - size; shift >= 0n; shift -= size) {
    parts.push(((value >> shift) & ((1n << size) - 1n)).toString(radix));
  }
  return parts.join(separator);
}

function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    list.addSubnet(network, Number(prefix), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return list;
}
