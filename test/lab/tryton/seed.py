"""Gives a fresh Tryton database what a lead needs: a currency, a company, an administrator who works for it."""
import sys
from decimal import Decimal

from trytond.config import config

config_file, database = sys.argv[1:3]
config.update_etc(config_file)

from trytond.pool import Pool  # noqa: E402  (needs the configuration)
from trytond.transaction import Transaction  # noqa: E402

Pool.start()
pool = Pool(database)
pool.init()

with Transaction().start(database, 1, context={"active_test": False}):
    Currency = pool.get("currency.currency")
    Party = pool.get("party.party")
    Company = pool.get("company.company")
    User = pool.get("res.user")

    (currency,) = Currency.create([{
        "name": "Euro", "code": "EUR", "numeric_code": "978", "symbol": "€", "digits": 2,
        "rounding": Decimal("0.01"), "rates": [("create", [{"rate": Decimal("1")}])],
    }])
    (party,) = Party.create([{"name": "Palomar Lab Company"}])
    (company,) = Company.create([{"party": party.id, "currency": currency.id}])
    (admin,) = User.search([("login", "=", "admin")])
    User.write([admin], {"companies": [("add", [company.id])], "company": company.id})
    Transaction().commit()
