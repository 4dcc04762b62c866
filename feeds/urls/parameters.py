"""A query's field in, out: does it only serve statistics, or say how a page is presented.

The names are those that the two well-kept public lists apply to every site (ClearURLs' global rules and AdGuard's
general URL tracking filter) as far as no site could use them for content, and those that analytics products document.
Names that some site might well use for content (id, sid, cid, ref, source, from, session_id) are not among them: two
articles must not become one.
"""

from __future__ import annotations

from urllib.parse import unquote_plus

# fmt: off
_TRACKING_PREFIXES = (
    "__hs", "__io_", "_hs", "_io_session", "_sgm_", "adjust_", "aspsessionid", "at_bbc_", "at_campaign", "at_link_",
    "at_medium", "at_ptr_", "bsft_", "cm_mmc", "dpg_", "gm_utm_", "hsa_", "itm_", "mindbox-", "mtm_", "oly_", "otm_",
    "pk_", "piwik_", "utm_", "vero_",
)
_TRACKING = frozenset({
    "__s_src", "__source", "__twitter_impression", "_branch_match_id", "_branch_referrer", "_clde", "_cldee", "_ga",
    "_gac", "_gl", "_kx", "_openstat", "_zucks_suid", "action_object_map", "action_ref_map", "action_type_map",
    "adfrom", "admitad_uid", "aiad_clid", "asgtbndr", "at_creation", "at_format", "at_network", "at_variant", "awc",
    "cftoken", "cm_cr", "cm_me", "cmpid", "cx_click", "cx_recsorder", "cx_recswidget", "dclid", "dm_campaign", "dm_i",
    "dm_medium", "dm_source", "ebisadid", "echobox", "ef_id", "epik", "erid", "et_cid", "et_lid", "et_sub",
    "external_click_id", "famad_xuid", "fb_action_ids", "fb_action_types", "fb_comment_id", "fb_ref", "fb_source",
    "fbclid", "ga_campaign", "ga_content", "ga_medium", "ga_source", "ga_term", "gad_campaignid", "gad_source",
    "gbraid", "gclid", "gclsrc", "gps_adid", "guccounter", "guce_referrer", "guce_referrer_sig", "hsctatracking",
    "icid", "igsh", "igshid", "intcmp", "ir_adid", "ir_campaignid", "ir_partnerid", "irclickid", "irgwc",
    "jsessionid", "li_fat_id", "maf", "mc_cid", "mc_eid", "mkt_tok", "ml_subscriber", "ml_subscriber_hash",
    "msclkid", "ncid", "ns_campaign", "ns_fee", "ns_linkname", "ns_mchannel", "ns_source", "nx_source", "ocid",
    "oprtrack", "os_ehash", "oscsid", "phpsessid", "rb_clickid", "ref_src", "ref_url", "rtkcid", "s_cid", "s_kwcid",
    "scm", "smid", "spm", "sr_share", "srsltid", "sscid", "tduid", "tracking_source", "ttclid", "twclid",
    "unicorn_click_id", "usqp", "vc_lpp", "wbraid", "wickedid", "wt.mc_id", "wt_mc", "wt_zmc", "wtrid", "xtcsid",
    "xtor", "yclid", "ymid", "ysclid", "zenid",
})

# which page of the same article: its AMP form, its mobile form, or one of its comments to reply to
_AMP = frozenset({"_amp", "amp", "isamp", "outputtype", "output_type", "output", "view", "mode", "format"})
_AMP_WORDS = frozenset({"amp", "amphtml", "amp-type"})
_PRESENTING = frozenset({"amp", "_amp", "isamp", "mobile", "replytocom", "showmobile"})
_SWITCHES = frozenset({"", "0", "1", "true", "yes", "on", "amp"})
# parameters that name where a reader came from on some sites and content on others: the value tells
_CHANNEL_NAMES = frozenset({"campaign", "cmp", "from", "origin", "partner", "ref", "referer", "referrer", "src",
                            "source", "share", "shared", "via"})
_CHANNELS = frozenset({
    "app", "atom", "bluesky", "email", "facebook", "fb", "feed", "feedburner", "flipboard", "google", "homepage",
    "instagram", "linkedin", "mail", "mastodon", "newsletter", "push", "reddit", "rss", "rssfeed", "sitemap", "social",
    "t.co", "telegram", "threads", "twitter", "twtr", "wechat", "weibo", "whatsapp", "xing",
})
# fmt: on


def is_tracking(field: str) -> bool:
    """Whether ``name=value`` says where a reader came from, or which visit it is, and never what is shown."""
    name = _name(field)
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def is_presentation(field: str) -> bool:
    """Whether ``name=value`` asks for another form of the same article, or names the channel it was found through."""
    name, value = _name(field), unquote_plus(field.partition("=")[2]).strip().lower()
    if name == "replytocom":
        return value.isdigit()
    if name in _PRESENTING:
        return value in _SWITCHES
    if name in _AMP and value in _AMP_WORDS:
        return True
    return name in _CHANNEL_NAMES and value in _CHANNELS


def _name(field: str) -> str:
    return unquote_plus(field.partition("=")[0]).lower()
