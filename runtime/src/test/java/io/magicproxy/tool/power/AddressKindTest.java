package io.magicproxy.tool.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.magicproxy.tool.power.AddressKind.Reach;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressKindTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "223.255.255.255",
                "2606:4700:4700::1111",
                "2a00:1450:4001:800::200e",
                "64:ff9b::8.8.8.8",
            })
    void public_addresses_are_anybodys(String address) throws Exception {
        assertThat(reach(address)).isEqualTo(Reach.PUBLIC);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "10.0.0.0",
                "10.255.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "198.18.0.1",
                "::1",
                "fc00::1",
                "fd12:3456::1",
                "fec0::1",
                "64:ff9b:1::1",
            })
    void private_addresses_are_for_those_who_have_them_listed(String address) throws Exception {
        assertThat(reach(address)).isEqualTo(Reach.LISTED);
    }

    @ParameterizedTest
    @CsvSource({
        "169.254.169.254,       link-local or metadata",
        "169.254.0.1,           link-local or metadata",
        "fe80::1,               link-local or metadata",
        "fd00:ec2::254,         link-local or metadata",
        "fd20:ce::254,          link-local or metadata",
        "100.100.100.200,       link-local or metadata",
        "168.63.129.16,         link-local or metadata",
        "0.0.0.0,               unspecified",
        "0.1.2.3,               unspecified",
        "::,                    unspecified",
        "224.0.0.1,             multicast",
        "239.255.255.250,       multicast",
        "ff02::1,               multicast",
        "255.255.255.255,       reserved",
        "240.0.0.1,             reserved",
        "192.0.0.192,           reserved",
        "192.0.2.1,             reserved",
        "203.0.113.9,           reserved",
        "2001:db8::1,           reserved",
        "::7f00:1,              reserved",
        "1234::1,               reserved",
        "64:ff9b::127.0.0.1,    stands for another",
        "64:ff9b::a9fe:a9fe,    stands for another",
        "64:ff9b::10.0.0.1,     stands for another",
        "2002:7f00:1::,         stands for another",
        "2001:0:1234::1,        stands for another",
    })
    void others_are_nobodys(String address, String words) throws Exception {
        assertThat(reach(address)).isEqualTo(Reach.NEVER);
        assertThat(AddressKind.of(InetAddress.ofLiteral(address)).words()).contains(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe"})
    void an_ipv4_address_in_ipv6s_clothes_is_judged_as_what_it_is(String address) throws Exception {
        assertThat(reach(address)).isNotEqualTo(Reach.PUBLIC);
    }

    private static Reach reach(String address) throws Exception {
        return AddressKind.of(InetAddress.ofLiteral(address)).reach();
    }
}
