// The vendors' SDKs behind one set of functions, so that each test is written once.
"use strict";

const { CommonClient } = require("tencentcloud-sdk-nodejs-common");
const { Config } = require("@alicloud/openapi-core").$OpenApiUtil;
const vpc = require("@alicloud/vpc20160428");

// tencent returns a client that signs as asked for.
function tencent(cloud, { signMethod = "TC3-HMAC-SHA256", reqMethod = "POST", keyID = cloud.keyID, secret = cloud.secret } = {}) {
  const { host } = new URL(cloud.endpoint);
  const client = (service, version) =>
    new CommonClient(`${service}.tencentcloudapi.com`, version, {
      credential: { secretId: keyID, secretKey: secret },
      region: cloud.region,
      profile: { signMethod, httpProfile: { endpoint: host, protocol: "http://", reqMethod } },
    });
  const gateways = client("vpc", "2017-03-12");
  const tags = client("tag", "2018-08-13");
  const resource = (id) => `qcs::vpc:${cloud.region}:uin/100000000001:cgw/${id}`;
  const neutral = (g) => ({ id: g.CustomerGatewayId, name: g.CustomerGatewayName, ip: g.IpAddress });
  const describe = async (params) => {
    const reply = await gateways.request("DescribeCustomerGateways", params);
    return reply.CustomerGatewaySet.map(neutral);
  };
  return {
    async create({ name, ip, tags: asked = {} }) {
      const Tags = Object.entries(asked).map(([Key, Value]) => ({ Key, Value }));
      const reply = await gateways.request("CreateCustomerGateway", { CustomerGatewayName: name, IpAddress: ip, Tags });
      return neutral(reply.CustomerGateway);
    },
    get: async (id) => (await describe({ CustomerGatewayIds: [id] }))[0],
    list: () => describe({ Limit: 100 }),
    page: (Offset) => describe({ Offset }),
    rename: (id, name) => gateways.request("ModifyCustomerGatewayAttribute", { CustomerGatewayId: id, CustomerGatewayName: name }),
    tag: (id, key, value) =>
      tags.request("ModifyResourceTags", { Resource: resource(id), ReplaceTags: [{ TagKey: key, TagValue: value }] }),
    untag: (id, key) => tags.request("ModifyResourceTags", { Resource: resource(id), DeleteTags: [{ TagKey: key }] }),
    async tags(id) {
      const reply = await tags.request("DescribeResourceTagsByResourceIds", {
        ServiceType: "vpc", ResourcePrefix: "cgw", ResourceIds: [id], ResourceRegion: cloud.region,
      });
      return Object.fromEntries(reply.Tags.map((t) => [t.TagKey, t.TagValue]));
    },
    async connections(id) {
      const reply = await gateways.request("DescribeVpnConnections", { Filters: [{ Name: "customer-gateway-id", Values: [id] }] });
      return reply.VpnConnectionSet.map((c) => c.VpnConnectionId);
    },
    remove: (id) => gateways.request("DeleteCustomerGateway", { CustomerGatewayId: id }),
    codes: {
      throttled: "RequestLimitExceeded", inUse: "ResourceInUse", quotaExceeded: "LimitExceeded", denied: "UnauthorizedOperation",
      unauthenticated: "AuthFailure.SecretIdNotFound", clockOff: "AuthFailure.SignatureExpire",
      alreadyExists: "InvalidParameterValue.Duplicate", gone: "ResourceNotFound",
    },
  };
}

// alibaba returns a client. The SDK signs with ACS3-HMAC-SHA256.
function alibaba(cloud, { keyID = cloud.keyID, secret = cloud.secret } = {}) {
  const { host } = new URL(cloud.endpoint);
  const client = new vpc.default(
    new Config({ accessKeyId: keyID, accessKeySecret: secret, endpoint: host, protocol: "HTTP", regionId: cloud.region }),
  );
  const regionId = cloud.region;
  const neutral = (g) => ({ id: g.customerGatewayId, name: g.name, ip: g.ipAddress });
  const resource = { regionId, resourceType: "CUSTOMERGATEWAY" };
  return {
    async create({ name, ip, tags: asked = {} }) {
      const tags = Object.entries(asked).map(([key, value]) => new vpc.CreateCustomerGatewayRequestTags({ key, value }));
      const { body } = await client.createCustomerGateway(new vpc.CreateCustomerGatewayRequest({ regionId, name, ipAddress: ip, tags }));
      return neutral(body);
    },
    async get(id) {
      const { body } = await client.describeCustomerGateway(new vpc.DescribeCustomerGatewayRequest({ regionId, customerGatewayId: id }));
      return neutral(body);
    },
    async list() {
      const { body } = await client.describeCustomerGateways(new vpc.DescribeCustomerGatewaysRequest({ regionId, pageSize: 50 }));
      return body.customerGateways.customerGateway.map(neutral);
    },
    rename: (id, name) =>
      client.modifyCustomerGatewayAttribute(new vpc.ModifyCustomerGatewayAttributeRequest({ regionId, customerGatewayId: id, name })),
    tag: (id, key, value) =>
      client.tagResources(new vpc.TagResourcesRequest({ ...resource, resourceId: [id], tag: [new vpc.TagResourcesRequestTag({ key, value })] })),
    untag: (id, key) => client.unTagResources(new vpc.UnTagResourcesRequest({ ...resource, resourceId: [id], tagKey: [key] })),
    async tags(id) {
      const { body } = await client.listTagResources(new vpc.ListTagResourcesRequest({ ...resource, resourceId: [id] }));
      return Object.fromEntries(body.tagResources.tagResource.map((t) => [t.tagKey, t.tagValue]));
    },
    async connections(id) {
      const { body } = await client.describeVpnConnections(new vpc.DescribeVpnConnectionsRequest({ regionId, customerGatewayId: id }));
      return body.vpnConnections.vpnConnection.map((c) => c.vpnConnectionId);
    },
    remove: (id) => client.deleteCustomerGateway(new vpc.DeleteCustomerGatewayRequest({ regionId, customerGatewayId: id })),
    codes: {
      throttled: "Throttling.User", inUse: "DependencyViolation.VpnConnection", quotaExceeded: "Resource.QuotaFull", denied: "Forbidden.RAM",
      unauthenticated: "InvalidAccessKeyId.NotFound", clockOff: "InvalidTimeStamp.Expired",
      alreadyExists: "InvalidIpAddress.AlreadyExist", gone: "InvalidCustomerGatewayInstanceId.NotFound",
    },
  };
}

// clients are all ways in which the SDKs speak: name, which emulator, and a function that makes one.
const clients = [
  ...["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"].flatMap((signMethod) =>
    ["POST", "GET"].map((reqMethod) => ({
      name: `tencent, ${signMethod}, ${reqMethod}`, cloud: "tencent", make: (cloud, o) => tencent(cloud, { signMethod, reqMethod, ...o }),
    })),
  ),
  { name: "alibaba, ACS3-HMAC-SHA256", cloud: "alibaba", make: alibaba },
];

module.exports = { clients, tencent };
