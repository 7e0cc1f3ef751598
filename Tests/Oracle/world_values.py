"""The handful of values that random worlds draw from."""

ACCOUNTS = ["111122223333", "444455556666", "000012345678"]
PAYERS = ["777788889999", "123456789012"]
SERVICE = "aws-external-anthropic.amazonaws.com"
PERIODS = ["2026-11", "2026-11", "2026-08", "2026-02", "2027-01"]
ROLES = ["agent-a", "agent-b", "rogue", "AWSReservedSSO_Ops_0a1b", "ops-1"]
ELEMENTS = [["", "Ins", "Ops"], ["", "Claims"], ["", "=Auto"], ["", "Tri\u00e4ge, \"x\""]]
MODELS = ["claude-sonnet-4-6", "claude-haiku-4-5", "claude-sonnet-4-6-20260115", "claude-next", ""]
AMOUNTS = ["1", "2", "0.5", "-0.25", "0", "-1", "3e-07", "1.0E-3", ".5", "5.", "+3", "0.1234567890123456789", "0.0000000000000000005",
           "0.0000000000000000015", "-0.00000000000000000051", "123456.789", "333.3333333333", "7", "10", "-3.000000000000000001",
           "0.000000000000000001", "1e-18", "99999999.99", "0.005", "0.015", "2e2", "0e5", "1.00", "-0"]
FAULTS = ["bad money", "empty cost", "empty currency", "bad time", "end before start", "cells", "quote", "cut bill", "huge", "bad json",
          "no event id", "cut trail", "bad usage", "missing chunk", "double claim", "unknown key", "bad map", "same payer", "no start", "crc",
          "no record", "cut usage"]
PLATFORM_CODE, BEDROCK_CODE = "8x1kq0ccuexample", "7zgyu5r4"


def arn_of(id, account, region="us-east-1"):
    return "arn:aws:aws-external-anthropic:%s:%s:workspace/%s" % (region, account, id)


WORKSPACES = [arn_of("wrkspc_01", "111122223333"), arn_of("wrkspc_02", "111122223333", "eu-west-1"), arn_of("wrkspc_03", "444455556666"),
              arn_of("wrkspc_04", "000012345678"), arn_of("wrkspc_01", "444455556666", "eu-west-1"), arn_of("wrkspc_09", "111122223333")]
