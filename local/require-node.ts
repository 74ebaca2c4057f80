const REQUIRED_MAJOR = 24;

// Imported for its effect, before anything that an older Node.js cannot even load.
if (Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR) {
  process.stderr.write(
    `Nexus Hub runs on Node.js ${REQUIRED_MAJOR} as on Lambda, this is ${process.version}: use \`npm start\`, which brings its own\n`,
  );
  process.exit(1);
}
