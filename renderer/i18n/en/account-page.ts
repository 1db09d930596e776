/** Words of the page of one account. Each tab has its name here. */
export const accountPage = {
  accountPage: {
    manage: 'More of this account',
    command: 'Account: {account}',
    servicesCommand: 'Services, gateways and password of {account}',
    gone: 'No such account',
    goneText: 'It was removed. Go back to your accounts.',
    off: 'Not connected now',
    offText: 'Once the account is connected, its services and settings are here.',
    plain: 'Nothing more here',
    plainText: 'This network has no profile, services or settings of its own.',
    tabs: 'Parts of the account',
    tab: {
      profile: 'Profile',
      blocked: 'Blocked',
      services: 'Services',
      archive: 'Archive',
      encryption: 'Encryption',
      connection: 'Connection',
      console: 'Console',
    },
  },
};
