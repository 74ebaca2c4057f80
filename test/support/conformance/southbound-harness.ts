/**
 * The client that the suite runs, once per scenario and all at once, with the URL of its own server as the last argument.
 * Only asks the driver to use that server over the hub, because as many real clients would be too much for one machine.
 */
const driver = process.env['NEXUS_DRIVER_URL'];
if (driver === undefined) throw new Error('set NEXUS_DRIVER_URL to the address of a southbound driver');

const answer = await fetch(driver, {
  method: 'POST',
  body: JSON.stringify({
    scenario: process.env['MCP_CONFORMANCE_SCENARIO'],
    url: process.argv.at(-1),
    context: JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}'),
  }),
});
if (!answer.ok) throw new Error(await answer.text());
