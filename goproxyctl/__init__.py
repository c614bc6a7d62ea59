"""goproxyctl: one policy for everything that has to know how Go reaches modules.

    policy.yaml -> Policy -> Intent -> desired --+
                                                 +--> plan -> apply -> stores -> the world
                        ledger, live ------------+      +--> report

Everything left of ``apply`` is pure; only ``stores``, ``live``, ``programs``, ``apply``, ``facts``,
``gitrepo``, ``toolchain`` and ``cli`` touch the world.
"""

__version__ = "0.1.0"
