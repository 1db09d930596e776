import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RequestTrackerFolder {
  /** Environment that makes every RT program use this folder and nothing of /etc. */
  env: NodeJS.ProcessEnv;
  databaseFile: string;
  /** Each mail that RT would have sent is a file here; none leaves the machine. */
  mailFolder: string;
}

/** Lays out a folder for one Request Tracker: configuration, database, caches, and the trap that catches its mails. */
export function createRequestTrackerFolder(folder: string, port: number): RequestTrackerFolder {
  const part = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const mailFolder = part('mail');
  const databaseFile = join(part('db'), 'rt5');
  const configFile = join(folder, 'site-config.pm');
  const [masonFolder, sessionFolder, varFolder] = [part('mason'), part('sessions'), part('var')];
  writeFileSync(
    configFile,
    `
Set($rtname, 'lab');
Set($Organization, 'lab');
Set($WebDomain, '127.0.0.1');
Set($WebPort, ${port});
Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:${port}');
Set($WebSecureCookies, 0);
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '${databaseFile}');
Set($DatabaseHost, '');
Set($DatabaseUser, '');
Set($DatabasePassword, '');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($MailCommand, sub {
    my ($mail) = @_;
    require File::Temp;
    my $file = File::Temp->new(DIR => '${mailFolder}', SUFFIX => '.eml', UNLINK => 0);
    $mail->print($file);
    return 1;
});
$RT::MasonDataDir = '${masonFolder}';
$RT::MasonSessionDir = '${sessionFolder}';
$RT::VarPath = '${varFolder}';
1;
`,
  );
  // Without an empty folder here the snippets in /etc would win over the database set above.
  const env = { ...process.env, RT_SITE_CONFIG: configFile, RT_SITE_CONFIG_DIR: part('no-snippets') };
  return { env, databaseFile, mailFolder };
}
