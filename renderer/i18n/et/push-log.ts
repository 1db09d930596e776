/** Words for the log of what was pushed. */
export const pushLog = {
  pushLog: {
    save: 'Salvesta saatmiste logi',
    about: 'Mis, kuhu, millal ja milliselt kontolt kirjutati: tabel ilma ühegi sõnumita.',
    file: 'palomar-saatmised',
    head: {
      when: 'Aeg (UTC)',
      account: 'Konto',
      conversation: 'Vestlus',
      action: 'Mis',
      connection: 'Ühendus',
      kind: 'Kirje liik',
      record: 'Kirje',
      detail: 'Üksikasjad',
    },
    action: {
      chosen: 'Kirje valitud',
      created: 'Kirje loodud',
      adopted: 'Leitud juba kirjutatuna',
      filled: 'Tühjad väljad täidetud',
      changed: 'Väli muudetud',
      written: 'Kirjutatud',
      withdrawn: 'Tagasi võetud',
      skipped: 'Välja jäetud',
      converged: 'Suunatud teise seadme kirjele',
      cancelled: 'Tühistatud',
      revealed: 'Peidetud numbrid saadetud muutmata',
      forbidden: 'Pandud „ära kunagi saada” alla',
      allowed: 'Uuesti lubatud',
    },
  },
};
