/** Imported before what logs: the tests' output is then the tests'. */
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
