import { compose } from './compose.ts';
import { ConfigError, readConfig, type Config } from './config.ts';

// #region main
/** Reads the configuration or ends with 78, the exit code for a configuration error in sysexits.h. */
function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(78);
  }
}

const config = configOrExit();
const { server, close } = compose(config);
process.once('SIGTERM', () => server.close(() => void close()));
server.listen(config.PORT, '127.0.0.1', () => {
  console.log(`listening on ${config.PORT}`);
});
// #endregion main
