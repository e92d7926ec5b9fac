import { pino, type LoggerOptions } from 'pino';
import { lab } from '#labs/index.ts';

const secret = 's3cret-4711';

// #region loggers
const denyList: LoggerOptions = {
  redact: ['password', '*.password', 'req.headers.authorization', 'token'],
};

/** Only these keys of a known shape are written; everything else has to be added on purpose. */
const allowList: LoggerOptions = {
  formatters: {
    log: ({ user, order, err }) => ({
      ...(isRecord(user) ? { user_id: user['id'] } : {}),
      ...(isRecord(order) ? { order_id: order['id'], amount: order['amount'] } : {}),
      ...(err instanceof Error ? { error: err.name, code: 'code' in err ? err.code : undefined } : {}),
    }),
  },
};
// #endregion loggers

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

export default lab({
  title: 'A list of forbidden fields against a list of allowed ones',
  claim:
    'Redaction by path hides a secret only where somebody foresaw it; a list of allowed fields hides it wherever it is passed as data.',
  engines: ['node'],
  run({ fact }) {
    const written = (options: LoggerOptions, fields: object, message: string): string => {
      let text = '';
      pino(
        { base: null, timestamp: false, ...options },
        { write: (line: string) => void (text += line) },
      ).info(fields, message);
      return text;
    };
    const refused = Object.assign(new Error('Request failed with status 402'), {
      code: 'ERR_BAD_REQUEST',
      config: { headers: { authorization: `Bearer ${secret}` } },
    });
    // #region places
    const places: Record<string, [fields: object, message: string]> = {
      'user.password': [{ user: { id: 7, password: secret } }, 'signed in'],
      'body.user.password': [{ body: { user: { id: 7, password: secret } } }, 'signed in'],
      'user.Password': [{ user: { id: 7, Password: secret } }, 'signed in'],
      'req…authorization': [{ req: { headers: { authorization: secret } } }, 'called'],
      'HTTP client error': [{ err: refused }, 'payment failed'],
      'a query string': [{ url: `/reset?token=${secret}` }, 'called'],
      'the message itself': [{}, `token ${secret} accepted`],
    };
    // #endregion places
    const rows = Object.entries(places).map(([place, [fields, message]]) => [
      place,
      ...[denyList, allowList].map((options) =>
        written(options, fields, message).includes(secret) ? 'leaks' : 'hidden',
      ),
    ]);
    fact('is the secret in the line?', {
      columns: ['place', 'forbid', 'allow'],
      rows,
    });
    const leaks = (column: number): number => rows.filter((row) => row[column] === 'leaks').length;
    fact('places', rows.length);
    fact('leaks with forbidden paths', leaks(1));
    fact('leaks with allowed fields', leaks(2));

    // #region forge
    const name = 'mallory\n{"level":30,"msg":"admin signed in"}';
    const asText = `INFO sign-in failed for ${name}\n`;
    const asJson = written({}, { name }, 'sign-in failed');
    // #endregion forge
    const lines = (text: string): number => text.trimEnd().split('\n').length;
    fact('lines that one entry with a forged name becomes', {
      columns: ['as text', 'as JSON'],
      rows: [[lines(asText), lines(asJson)]],
    });
    return Promise.resolve();
  },
});
