"""`keys`: the master key that wraps all others."""

from operate.call import Call
from operate.spoken import Noun
from operate.words import t

noun = Noun("keys", t("密钥。", "Keys."))


@noun.verb(
    "rotate-master",
    t(
        "更换主密钥：所有数据密钥用新的主密钥重新包裹；密文不变，服务不停。",
        "Replace the master key: all data keys are wrapped anew; sealed values stay, the service goes on.",
    ),
)
def rotate_master(call: Call) -> None:
    """Rotate the master key."""
    from store.sealing import rotate_master as rotate

    wrapped = rotate(call.settings.master_key, call.store, call.actor)
    data = {"master_key": str(call.settings.master_key), "data_keys": wrapped}
    says = t(
        "主密钥已更换（{data_keys} 个数据密钥）：{master_key}\n请重新备份它。",
        "The master key is a new one (data keys: {data_keys}): {master_key}\nMake a new copy of it.",
    )
    call.show(data, says.fill(**data))


COMMAND = noun
