"""车载终端网关: JT/T 808-2013 and -2019 over TCP.

`wire`, `bodies`, `location`, `describe`, `pieces`, `judge`, `roads`, `driving` are pure: a bare Python imports them. What
needs the database says so in its first line.
"""
