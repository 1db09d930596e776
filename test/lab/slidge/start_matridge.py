"""
Starts matridge 0.4.1 on slidge 0.4.2. That slidge keeps the mixed-case id of a Matrix room as it is and looks it up by
the lower-cased address, so no room would be found; here it is normalised once.
"""
from matridge import main
from matridge.group import Bookmarks
from slixmpp import JID


async def local_part(self, legacy_id):
    return JID(f"{await self.legacy_id_to_jid_username(legacy_id)}@x").local


Bookmarks.legacy_id_to_jid_local_part = local_part
main()
