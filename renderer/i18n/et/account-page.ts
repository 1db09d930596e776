/** Ühe konto lehe sõnad. Igal sakil on siin oma nimi. */
export const accountPage = {
  accountPage: {
    manage: 'Rohkem selle konto kohta',
    command: 'Konto: {account}',
    servicesCommand: 'Konto {account} teenused, lüüsid ja parool',
    gone: 'Sellist kontot pole',
    goneText: 'See eemaldati. Mine tagasi oma kontode juurde.',
    off: 'Praegu pole ühendatud',
    offText: 'Kui konto on ühendatud, on siin selle teenused ja seaded.',
    plain: 'Rohkem siin pole',
    plainText: 'Sellel võrgul pole oma profiili, teenuseid ega seadeid.',
    tabs: 'Konto osad',
    tab: {
      profile: 'Profiil',
      blocked: 'Blokeeritud',
      services: 'Teenused',
      archive: 'Arhiiv',
      encryption: 'Krüptimine',
      connection: 'Ühendus',
      console: 'Konsool',
    },
  },
};
